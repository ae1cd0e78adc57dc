/** How codes belong together: groups for the list, and which to read beside another. */

/** A group of diagnostics: how its codes begin, what it is about, and the page that says how it should be. */
export type CodeGroup = Readonly<{ prefix: string; title: string; page: string }>;

const LANGUAGE = "docs/language.md";

export const CODE_GROUPS: readonly CodeGroup[] = [
  { prefix: "Z10", title: "TOML", page: LANGUAGE },
  { prefix: "Z11", title: "keys and types", page: `${LANGUAGE}, The file` },
  { prefix: "Z12", title: "values", page: `${LANGUAGE}, Values` },
  { prefix: "Z13", title: "variables", page: `${LANGUAGE}, Variables` },
  { prefix: "Z14", title: "target", page: `${LANGUAGE}, [target]` },
  { prefix: "Z15", title: "load", page: `${LANGUAGE}, [load]` },
  { prefix: "Z16", title: "flows and steps", page: `${LANGUAGE}, [[flow]] and [[flow.step]]` },
  { prefix: "Z170", title: "thresholds", page: `${LANGUAGE}, [[threshold]]` },
  { prefix: "Z175", title: "simulation", page: `${LANGUAGE}, [simulation]` },
  { prefix: "Z18", title: "data", page: `${LANGUAGE}, [[data]]` },
  { prefix: "Z19", title: "warnings", page: "docs/check.md" },
];

/** Codes that explain each other. */
const RELATED: readonly (readonly string[])[] = [
  ["Z1001", "Z1003", "Z1004"],
  ["Z1002", "Z1407"],
  ["Z1101", "Z1103", "Z1104"],
  ["Z1102", "Z1105", "Z1206"],
  ["Z1106", "Z1509", "Z1602", "Z1606", "Z1801"],
  ["Z1201", "Z1202", "Z1203", "Z1209"],
  ["Z1204", "Z1205", "Z1506", "Z1551"],
  ["Z1201", "Z1213"],
  ["Z1207", "Z1614"],
  ["Z1208", "Z1212", "Z1704", "Z1954"],
  ["Z1210", "Z1616"],
  ["Z1214", "Z1615"],
  ["Z1215", "Z3501", "Z3502"],
  ["Z1301", "Z1302", "Z1304", "Z1305"],
  ["Z1303", "Z1304"],
  ["Z1306", "Z1908", "Z1952", "Z1808"],
  ["Z1307", "Z1308", "Z1907", "Z1953"],
  ["Z1401", "Z1402", "Z1411", "Z1607", "Z1608"],
  ["Z1403", "Z1404", "Z1405", "Z1407"],
  ["Z1406", "Z1957", "Z3901"],
  ["Z1408", "Z1409", "Z1410", "Z1412", "Z1960"],
  ["Z1501", "Z1502", "Z1503", "Z1504", "Z1508"],
  ["Z1505", "Z1506", "Z1507", "Z1510"],
  ["Z1552", "Z1553", "Z1554"],
  ["Z1553", "Z1554", "Z1806"],
  ["Z1601", "Z1610", "Z1611", "Z1903"],
  ["Z1603", "Z1604", "Z1605", "Z1619"],
  ["Z1619", "Z1620", "Z1621", "Z1707"],
  ["Z1609", "Z1617", "Z1618", "Z1904"],
  ["Z1613", "Z1615", "Z1906", "Z1955"],
  ["Z1701", "Z1702", "Z1705"],
  ["Z1703", "Z1704", "Z1706", "Z1708"],
  ["Z1751", "Z1752"],
  ["Z1753", "Z1754", "Z1755", "Z1961"],
  ["Z1802", "Z1803", "Z1804", "Z1805", "Z1807"],
  ["Z1902", "Z1905"],
  ["Z1951", "Z1907", "Z1961"],
  ["Z1107", "Z1951"],
  ["Z1309", "Z1553"],
  ["Z1956", "Z1958", "Z1959"],
  ["Z1959", "Z3951"],
  ["Z3101", "Z3102"],
  ["Z3201", "Z3202", "Z3203", "Z3204", "Z3205"],
  ["Z3301", "Z3302", "Z3303", "Z3701"],
  ["Z3401", "Z3402", "Z3503"],
  ["Z3501", "Z3601", "Z1955"],
  ["Z3502", "Z3602"],
  ["Z3503", "Z3603"],
  ["Z3801", "Z3802"],
  ["Z3901", "Z3902", "Z3903"],
];

/** The codes that stand beside a code somewhere, in the order of the codes. */
export function relatedTo(code: string): string[] {
  const others = RELATED.filter((codes) => codes.includes(code)).flat().filter((other) => other !== code);
  return [...new Set(others)].sort();
}

/** The group of a diagnostic. */
export function groupOf(code: string): CodeGroup | undefined {
  return CODE_GROUPS.find(({ prefix }) => code.startsWith(prefix));
}
