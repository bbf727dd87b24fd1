/**
 * Words that say nothing about what a passage is about, by language. English also lists the words a question is asked
 * with: leaving them in costs several points on handbook questions. The lists tell languages apart, too.
 */
const LISTS: Record<string, string> = {
  en: `a about above after again against all also am an and any are aren't as at be because been before being below between both but by
    can can't cannot could couldn't did didn't do does doesn't doing don't down during each few for from further get gets give had has hasn't have
    having he her here hers herself him himself his how i i'm if in into is isn't it it's its itself just let's me more most my myself no nor not of
    off on once only or other our ours ourselves out over own please same she should shouldn't so some such tell than that that's the their theirs
    them themselves then there there's these they this those through to too under until up very was wasn't we were weren't what what's when where
    which while who who's whom whose why will with within won't would wouldn't you your yours yourself long many may might much must shall`,
  de: `aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus bei beim bin bis bist da damit
    dann das dass daß dein deine dem den denn der des desselben dessen dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein
    eine einem einen einer eines er es etwas euch euer eure für gegen gewesen hab habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr
    ihre ihrem ihren ihrer im in indem ins ist jede jedem jeden jeder jedes jene jetzt kann kein keine keinem keinen keiner können könnte machen man
    manche mein meine mich mir mit muss musste nach nicht nichts noch nun nur ob oder ohne sehr sein seine seinem seinen seiner selbst sich sie sind
    so solche soll sollte sondern sonst über um und uns unser unsere unter viel viele vom von vor war waren warum was weg weil welche welchem welchen
    welcher welches wenn wer werde werden wie wieder will wir wird wirst wo wollen wurde wurden würde zu zum zur zwar zwischen`,
  fr: `à ai aie aient ainsi alors après as au aucun aussi autre aux avant avec avez avoir avons c ça car ce cela ces cet cette ceux chaque ci comme
    comment d dans de des depuis deux donc dont du elle elles en encore entre es est et étaient était été être eu eux fait faire fois font il ils j
    je l la le les leur leurs lors lorsque lui m ma mais me même mes moi mon n ne ni nos notre nous on ont ou où par parce pas pendant peu peut
    plus pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se sera ses si son sont sous sur t ta te tes toi ton tous tout toute
    toutes très tu un une vers vos votre vous y`,
  es: `a al algo algunas algunos ante antes como con contra cual cuál cuáles cuando cuándo cuanto cuánto cuántos cuántas de del desde donde dónde
    durante e el él ella ellas ellos en entre era eran es esa esas ese eso esos esta está están estar estas este esto estos fue fueron ha había habían
    hace hacia han hasta hay la las le les lo los más me mi mis mucho muy nada ni no nos nosotros nuestra nuestro o os otra otras otro otros para pero
    poco por porque qué que quien quién quienes quiénes se sea ser si sí sido sin sobre son su sus también tan tanto te tener tiene tienen todo todos
    tu tus un una unas uno unos usted ustedes y ya yo`,
  it: `a abbia ad agli ai al alla alle allo anche ancora avere aveva avevano c che chi ci ciò coi col come con contro cosa cui d da dagli dai dal
    dalla dalle dallo degli dei del dell della delle dello di dopo dov dove due e è ed era erano essere fa fra fu furono gli ha hai hanno ho i il in
    io l la le lei li lo loro lui ma me mentre mi mia mie mio molto ne negli nei nel nell nella nelle nello noi non nostra nostro o ogni per perché perchè
    però più poi prima può qual quale quali quando quanta quante quanti quanto quei quella quelle quelli quello questa queste questi questo qui s se
    senza si sia siano sono sotto stata state stati stato su sua sue sugli sui sul sulla sulle sullo suo suoi tra tu tutta tutti tutto un una uno vi
    voi`,
  pt: `a ao aos aquela aquele aquilo as até com como da das de dela dele deles depois do dos e é ela elas ele eles em entre era eram essa esse esta
    está estão este eu foi foram há isso isto já lhe mais mas me mesmo meu minha muito na não nas nem no nos nós nossa nosso num numa o onde os ou
    para pela pelas pelo pelos por porque qual quais quando quanto quantos quantas que quem se seja sem ser será seu seus só sobre sua suas também te
    tem têm ter teu tinha todo todos tu tua um uma umas uns você vocês`,
  nl: `aan al alle alles als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus een eens en er ge geen geweest haar had heb
    hebben heeft hem het hier hij hoe hoeveel hun iemand iets ik in is ja je kan kon kunnen maar me meer men met mij mijn moet na naar niet niets nog
    nu of om omdat onder ons ook op over reeds te tegen toch toen tot u uit uw van veel voor waar waarom wanneer want waren was wat we wel welke werd
    wezen wie wij wil worden wordt ze zei zelf zich zij zijn zo zonder zou`,
  sv: `alla allt än är att av blev bli blir de dem den denna deras dess det detta dig din du efter ej eller en er ett från för ha hade han hans har
    hon hur i icke in inte jag kan kunde man med men mig min mot mycket när ni nu och om oss på sedan sig sin ska skulle som till under upp ut utan
    vad var vara varför vem vi vid vilka vilken vilket`,
  da: `ad af alle alt anden at blev blive bliver da de dem den denne der deres det dette dig din disse dog du efter eller en end er et for fra ham
    han hans har havde hende her hos hun hvad hvem hvis hvor hvordan hvorfor hvornår i ikke ind jeg jer kan man mange med meget men mig min mod når
    ned nogle nu og også om op os over på selv sig sin skal skulle som til ud under var ved vi vil ville vor være været`,
  no: `alle at av bare begge ble bli blir da de deg den denne der deres det dette din du eller en enn er et etter for fra før ha hadde han hans har
    henne her hos hun hva hvem hvilken hvis hvor hvordan hvorfor i ikke inn ja jeg kan kom kunne man mange med meg men mer min mot må når nå noe noen
    og også om opp oss over på seg selv sin sitt skal skulle slik som så til under ut var ved vi vil ville vår være vært`,
  fi: `ei eivät että he hän hänen ja jo jonka jos jotka joka kanssa kuin kun kuka me mikä minä missä milloin miksi minkä miten montako mukaan mutta
    myös ne niiden niin nyt oli olisi olivat olla on ovat se sekä sen siinä sitä tai tämä tämän te vain voi vuoden`,
  hu: `a abban ahhoz ahogy aki akik akkor alatt amely amelyek ami amit arra az azok azt be cím csak de e ebben egy egyes egyik el első és ez ezek
    ezen ezt fel hány hanem hogy hogyan igen is itt jó kell ki kik le legyen lehet lesz ma már meg mely mi miért mikor milyen mint mit most nagy ne
    nem nincs ő ők össze s sem sok szerint több után van vagy vannak volt voltak`,
  ro: `a acea aceasta această aceea acei aceia acel acela acele acest acesta aceste acești ai al ale am ar are așa asupra atunci au avea că când
    care ce cea cei cel cele cine cât câți câte cu cum d da dacă dar de deci despre din după e ea ei el ele era este eu fi fie fost iar îi îl în
    între își l la le li lor lui m mai mult ne nici noi nu o or ori pe pentru poate prin s sa să sau se și sunt te toate tot tu un una unde unei unor
    unui va vor`,
  tr: `acaba ama ancak bana bazı belki ben beni bir biri birkaç birşey biz bu buna bunda bundan bunlar bunu bunun çok çünkü da daha de değil diye
    dolayı en gibi göre hangi hem hep her hiç için ile ise kaç kadar kez ki kim kimi mı mi mu mü nasıl ne neden nerede nereye ne niçin niye o olan
    olarak oldu olduğu olur ona onlar onu onun sen siz şey şu tarafından tüm ve veya ya yani`,
  ru: `а без более был была были было быть в вам вас весь во вот все всего всех вы где да даже для до его ее если есть еще же за здесь и из или им
    их к как какая какие какой каком кем ко когда кого которая которые который кто куда ли между меня мне много может мы на над надо наш не него нее
    нет ни них но ну о об однако он она они оно от очень по под при с сам свой себя сколько со так также такой там те тем то того тоже той только том
    ты у уже хотя чего чем что чтобы эта эти это этого этой этом этот я почему`,
  ar: `أن أو أي إذا إلا إلى ألا أما أنا أنه أين التي الذي الذين اللذين الى ان او بعد بعض بين تلك تم ثم حتى حيث خلال ذلك سوف على عليه عن عند عندما
    غير في فيه فيها قبل قد كان كانت كل كم كما كيف لا لم لماذا لن لها له ليس ما ماذا متى مع من منذ منها منه نحن هذا هذه هل هم هناك هو هي و وقد ولا
    وهو وهي يكون`,
  el: `ένα ένας αλλά αν ανάμεσα από αυτά αυτές αυτή αυτό αυτοί αυτός αυτού γιατί για δεν είναι είχαν είχε εκείνο ενός έναν έχει έχουν ή ή η ήταν θα
    και κάθε κάποιο κατά κι λόγω μας μα με μέσα μετά μεταξύ μη μην μια μία μιας μόνο μου μπορεί μπορούν να ο οι όμως όπως όταν ότι όχι ποια ποιά ποιες ποιο
    ποιό ποιοι ποιον ποιος ποιός ποιου πολύ πόσα πόσες πόση πόσο πόσοι πόσος πόσους πότε πού που πριν προς πως πώς σας σε σαν στα στη στην στις στο στον
    στους συχνά τα τη την της τι τις το τόσο τον του τους των ως`,
  hi: `अगर अपना अपनी अपने आदि इन इनका इनके इनमें इस इसका इसकी इसके इसमें इसे उन उनका उनकी उनके उन्हें उन्होंने उस उसका उसकी उसके उसने उसे एक एवं और
    कई कब कभी कर करता करते करना करने करें कहा कहां कहाँ का कि कितना कितनी कितने किन किनके किया किये किस किसका किसकी किसके किसको किसने किसे की कुछ के केवल
    कैसा कैसी कैसे को कोई कौन कौनसा कौनसी क्या क्यों गई गए गया गयी गये चाहिए जब जा जाता जाती जाते जाना जिन जिनके जिस जिसका जिसकी जिसके जिसने जिसमें जिससे जिसे
    जैसा जैसे जो तक तथा तब तो था थी थीं थे दिया द्वारा नहीं ना ने पर फिर बहुत बाद भी मगर मुझे में मेरा मेरी मेरे मैं यदि यह यहाँ या ये रहा रही रहे लिए लेकिन व वह
    वहाँ वाला वाली वाले वे सकता सकती सकते सब सभी सा साथ सी से हम हमारे ही हुआ हुई हुए हूँ है हैं हो होगा होता होती होते होना होने`,
  th: `กว่า กัน กับ การ กี่ ก็ ขณะ ของ ของเขา ขึ้น คน ความ คือ จะ จาก จึง ฉัน ซึ่ง ด้วย ดัง ดังกล่าว ได้ ต้อง ต่างๆ แต่ ถูก ถึง ถ้า ทั้ง ทำไม ที่ ที่ไหน ที่ใด นั้น นี้ ใน บน
    บาง เป็น ไป ผู้ ผม มัน มา มาก มี เมื่อ เมื่อใด เมื่อไร เมื่อไหร่ แม้ ไม่ ยัง ระหว่าง รับ ราย เรา และ แล้ว ว่า ส่วน สำหรับ สิ่ง สิ่งใด หรือ หาก ให้ ใหม่ อยู่ อย่าง อย่างไร อะไร
    อัน อาจ อีก เอง โดย ใด ใคร ไหน เท่าไร เท่าไหร่ เท่าใด เพราะ เพื่อ เพราะเหตุใด เขา เธอ แห่ง แค่ไหน ตั้งแต่ ตาม`,
  zh: `的 了 是 在 和 与 與 及 或 而 也 都 就 着 著 被 把 让 讓 从 從 对 對 为 為 以 于 於 其 之 这 這 那 哪 些 个 個 谁 誰 何 几 幾 吗 嗎 呢 吧 么 麼 什 怎 我 你 您 他 她 它 们 們 什么 什麼 甚麼
    哪个 哪個 哪些 哪里 哪裡 哪儿 哪一 哪种 哪種 哪位 哪年 哪两 为什 為什 为何 為何 怎么 怎麼 怎样 怎樣 如何 多少 多久 多大 多长 何时 何時 何处 何處 是什 是谁 是誰 么时 麼時 是多 是哪 在哪 有多 有什 有哪 了什 的什
    什时 我们 我們 你们 你們 他们 他們`,
  ja: `は が の を に へ と で も や か ね よ し た て な い る れ ら り ま す せ さ こ そ あ う お ん つ く け っ き ち み め げ だ ば ど ず え わ 何 誰 です ます すか した して てい いる いた った って ある
    する され れた れる なか ない たか とは には では ので から まで こと もの よう とし とい いう う ため どの どこ いつ いく くつ なぜ どう どれ だれ なに んで です でし しょ ょう うか しま まし ませ せん
    何で は何 何が 何を 何の 何と が何 を何 の何 に何 何人 何年 何日 何回 何時 誰が 誰の 誰で は誰 はど はい はな がで ができ でき きま のよ うな うに たの たは たが るの るか のは のか のが のに るに`,
  ko: `가 것 것은 것을 것이 그 그는 그리고 까지 누가 누구 누구의 누구인가 누구인가요 누구입니까 는 대한 더 동안 되는 된 두 등 때 또는 및 몇 몇명 무슨 무엇 무엇으로 무엇을 무엇이 무엇인가 무엇인가요
    무엇입니까 무엇이었습니까 수 수는 아니라 안 않는 어느 어디 어디에 어디에서 어디인가 어디서 어디입니까 어떤 어떻게 언제 언제부터 얼마 얼마나 왜 위해 은 을 의 이 있는 있는가 있는가요 있나요 있다 있습니까 있었습니까 저 저는
    제가 중 하는 하는가 하나요 하나 한 합니까 했는가 했습니까 했나요 할 할수 되나요 됩니까 인가요 입니까 나요`,
  vi: `các có của cho cùng đã đang để đến đó được gì hay hơn khi không là lại làm mà một nào này năm những như ở ra rằng sau sẽ tại theo thì trên
    trong từ và vào về vì với bao nhiêu ai đâu`,
};

export const STOP_WORDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(LISTS).map(([language, words]) => [
    language,
    new Set(words.normalize("NFKC").split(/\s+/u)),
  ]),
);
