import { describe, expect, it, test } from "vitest";

import { createAnalyzer } from "../../search/analysis/analyze.ts";
import { startTestRun } from "../../testing/answer-run.ts";
import { readConversation } from "../conversation.ts";
import { rewriteByRules } from "./by-rules.ts";

const analyzer = createAnalyzer();

/** Queries for a conversation: questions and answers in turn. */
function queries(turns: string[], limit = 3): string[] {
  const messages = turns.map((content, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content,
  }));
  const { question } = startTestRun({ chat: { messages } });
  return rewriteByRules(readConversation(question.chat), { analyzer, limit }).map(
    ({ text }) => text,
  );
}

const LEAVE = "How many days of annual leave do full-time employees get?";

describe("a question that stands alone", () => {
  it("is searched as it is", () => {
    expect(queries([LEAVE])).toEqual([LEAVE]);
    expect(queries(["Who pays for parking?", "The employee.", LEAVE])).toEqual([LEAVE]);
    expect(queries([LEAVE, "27.", "Who pays for parking?"])).toEqual(["Who pays for parking?"]);
  });

  it("may point to something it names itself", () => {
    const asked = "Can employees carry over their unused days?";
    expect(queries([LEAVE, "27.", asked])).toEqual([asked]);
  });

  it('may begin with an "it" that stands for nothing', () => {
    const asked = "Is it possible to park bicycles in the garage?";
    expect(queries([LEAVE, "27.", asked])).toEqual([asked]);
  });
});

describe("a follow-up", () => {
  it("takes along what the question before it was about, without its stop words", () => {
    expect(queries([LEAVE, "27.", "When do they expire?"])).toEqual([
      "days annual leave full-time employees When do they expire?",
    ]);
  });

  it("puts its own kind in the place of the one before", () => {
    expect(queries([LEAVE, "27.", "And for part-timers?"])).toEqual([
      "days annual leave employees And for part-timers?",
    ]);
    expect(queries(["What was the revenue in 2023?", "5 million.", "And in 2024?"])).toEqual([
      "revenue And in 2024?",
    ]);
  });

  it("goes back over follow-ups to the question they are about", () => {
    expect(
      queries([LEAVE, "27.", "And for trainees?", "25.", "What about the first year?"]),
    ).toEqual(["days annual leave full-time employees trainees What about the first year?"]);
  });

  it("takes a name along from the answer it points to", () => {
    const [first] = queries([
      "Who is the head of finance?",
      "The head of finance is Maria Santos [doc1].",
      "When did she join the company?",
    ]);
    expect(first).toBe("head finance Maria Santos When did she join the company?");
  });

  it("of one word is searched both ways, because it may be a new subject", () => {
    expect(queries([LEAVE, "27.", "Parking?"])).toEqual([
      "days annual leave full-time employees Parking?",
      "Parking?",
    ]);
  });

  test.each([
    [
      "German",
      "Wie viele Urlaubstage haben Vollzeitkräfte?",
      "Und für Praktikanten?",
      "Urlaubstage",
    ],
    ["German", "Wie viele Urlaubstage haben Vollzeitkräfte?", "Wann verfallen sie?", "Urlaubstage"],
    ["French", "Combien de jours de congé ont les employés ?", "Et pour les stagiaires ?", "congé"],
    [
      "Spanish",
      "¿Cuántos días de vacaciones tienen los empleados?",
      "¿Y los becarios?",
      "vacaciones",
    ],
    ["Italian", "Quanti giorni di ferie hanno i dipendenti?", "E per gli stagisti?", "ferie"],
    ["Portuguese", "Quantos dias de férias têm os empregados?", "E para os estagiários?", "férias"],
    ["Dutch", "Hoeveel vakantiedagen krijgen werknemers?", "En voor stagiairs?", "vakantiedagen"],
    ["Swedish", "Hur många semesterdagar får anställda?", "Och för praktikanter?", "semesterdagar"],
    ["Russian", "Сколько дней отпуска получают сотрудники?", "А стажёры?", "отпуска"],
    ["Turkish", "Çalışanlar kaç gün izin alır?", "Peki stajyerler?", "izin"],
    ["Arabic", "كم يوم إجازة يحصل عليها الموظفون؟", "وماذا عن المتدربين؟", "إجازة"],
    ["Chinese", "全职员工有多少天年假？", "那实习生呢？", "年假"],
    ["Japanese", "正社員の年次休暇は何日ですか？", "ではパートタイムは？", "休暇"],
    ["Korean", "정규직 직원의 연차 휴가는 며칠입니까?", "그럼 인턴은요?", "휴가"],
    ["Thai", "พนักงานประจำมีวันลาพักร้อนกี่วัน", "แล้วพนักงานฝึกงานล่ะ", "ลา"],
    [
      "Vietnamese",
      "Nhân viên chính thức có bao nhiêu ngày nghỉ phép?",
      "Còn thực tập sinh?",
      "phép",
    ],
    ["Hindi", "पूर्णकालिक कर्मचारियों को कितनी छुट्टियाँ मिलती हैं?", "और प्रशिक्षुओं को?", "छुट्टियाँ"],
    ["Hebrew", "כמה ימי חופשה מקבלים עובדים במשרה מלאה?", "ומה לגבי מתמחים?", "חופשה"],
    ["Greek", "Πόσες ημέρες άδειας παίρνουν οι υπάλληλοι;", "Και οι ασκούμενοι;", "άδειας"],
  ])("in %s is understood: %s %s", (_language, first, follow, carried) => {
    const [query = ""] = queries([first, "27.", follow]);
    expect(query).toContain(carried);
    expect(query).toContain(follow);
    expect(query.length).toBeLessThan(first.length + follow.length + 1);
  });
});

describe("a message that asks several things", () => {
  it("is searched whole and part by part, as often as it may be", () => {
    const asked = "Who pays for parking? And when are salaries paid?";
    expect(queries([asked])).toEqual([
      asked,
      "Who pays for parking?",
      "And when are salaries paid?",
    ]);
    expect(queries([asked], 1)).toEqual([asked]);
  });

  it("is cut where a second question is joined to the first, which it may lean on", () => {
    expect(queries(["How many days of leave do I get and when do they expire?"])).toEqual([
      "How many days of leave do I get and when do they expire?",
      "How many days of leave do I get",
      "days leave when do they expire?",
    ]);
    expect(queries(["Wie hoch ist der Zuschuss und wer bekommt ihn?"], 5)).toHaveLength(3);
  });
});

describe("a comparison", () => {
  test.each([
    [
      "What is the difference between sick leave and annual leave for interns?",
      "sick leave for interns",
      "annual leave for interns",
    ],
    ["full-time vs part-time employees", "full-time employees", "part-time employees"],
    ["Compare plan A with plan B", "plan A", "plan B"],
    ["How does parental leave differ from sick leave?", "parental leave", "sick leave"],
    [
      "Was ist der Unterschied zwischen Gleitzeit und Vertrauensarbeitszeit?",
      "Gleitzeit",
      "Vertrauensarbeitszeit",
    ],
    ["Quelle est la différence entre un CDI et un CDD ?", "un CDI", "un CDD"],
    ["¿Qué diferencia hay entre baja y permiso?", "baja", "permiso"],
    ["Qual è la differenza tra ferie e permessi?", "ferie", "permessi"],
    ["Wat is het verschil tussen verlof en verzuim?", "verlof", "verzuim"],
    ["В чём разница между отпуском и больничным?", "отпуском", "больничным"],
    ["年假和病假有什么区别？", "年假", "病假"],
    ["有給休暇と病気休暇の違いは何ですか", "有給休暇", "病気休暇"],
    ["연차와 병가의 차이는 무엇입니까?", "연차", "병가"],
    ["ما الفرق بين الإجازة السنوية و الإجازة المرضية؟", "الإجازة السنوية", "الإجازة المرضية؟"],
  ])("is searched whole and side by side: %s", (asked, left, right) => {
    expect(queries([asked])).toEqual([asked, left, right]);
  });
});

test("the same query is not searched twice, and an empty message not at all", () => {
  expect(queries(["Parking? Parking?"])).toEqual(["Parking? Parking?", "Parking?"]);
  expect(queries([" "])).toEqual([]);
});

test("a long message is searched by its beginning and its end", () => {
  const [query = ""] = queries([
    `About my contract: ${"blah ".repeat(2_000)} how long is the notice period?`,
  ]);
  expect(query).toMatch(/^About my contract: .*how long is the notice period\?$/u);
  expect(query.length).toBeLessThanOrEqual(2_000);
});

test("a long message full of patterns is read quickly", () => {
  const started = performance.now();
  queries([
    `${"difference between a and ".repeat(4_000)}b`,
    "27.",
    "it and they vs ".repeat(4_000),
  ]);
  expect(performance.now() - started).toBeLessThan(1_000);
});
