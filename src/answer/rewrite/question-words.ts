/** A word that begins a whole question, in languages that have them at the beginning. */
export const QUESTION_WORD = new RegExp(
  String.raw`(?:${[
    "who|what|when|where|why|how|which|whose|can|does|do|is|are",
    "wer|was|wann|wo|warum|wie|welche[rsnm]?|wohin|kann|darf|muss",
    "quand|où|combien|comment|pourquoi|quel(?:le)?s?|qui|est-ce",
    "cuándo|dónde|cuánt[oa]s?|cómo|qué|quién|cuál(?:es)?",
    "quando|dove|come|perché|quant[oiae]|chi|qual[ei]?|onde|quem|quais|como",
    "wanneer|waar|hoe|wat|welke?|när|var|hur|vad|vem|vilken|hvornår|hvor|hvordan|hvad|hvem|når|hva",
    "когда|где|сколько|как|почему|кто|какой|какая|какие|чему|коли|де|скільки|як",
    "milloin|missä|miten|montako|mikor|hol|hogyan|hány|când|unde|cum|cât|kaç|ne zaman|nasıl|khi nào|bao nhiêu|ở đâu",
  ].join("|")})(?!\p{L})`,
  "iu",
);
