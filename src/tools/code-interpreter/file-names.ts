const LONGEST = 150;

/**
 * Names under which uploads lie in the work folder: no folders, nothing hidden, no two alike. `report.csv` stays what it is;
 * a second one becomes `report (2).csv`.
 */
export function workFileNames(given: string[]): string[] {
  const taken = new Set<string>();
  return given.map((original) => {
    const name = plainName(original);
    let free = name;
    for (let number = 2; taken.has(free.toLowerCase()); number++) free = numbered(name, number);
    taken.add(free.toLowerCase());
    return free;
  });
}

function plainName(original: string): string {
  const last = original.split(/[\\/]/u).at(-1) ?? "";
  const name = last.replaceAll(/\p{Cc}|\p{Cs}/gu, "").replace(/^[.\s]+/u, "");
  if (name === "") return "file";
  const end = extensionOf(name);
  return `${Array.from(name.slice(0, name.length - end.length))
    .slice(0, LONGEST - end.length)
    .join("")}${end}`;
}

function numbered(name: string, number: number): string {
  const end = extensionOf(name);
  return `${name.slice(0, name.length - end.length)} (${number})${end}`;
}

function extensionOf(name: string): string {
  return /.(\.\w{1,10})$/u.exec(name)?.[1] ?? "";
}
