/** The codes of all warnings: those that `allow` may name. */
export const WARNINGS: readonly string[] = [
  ...["Z1901", "Z1902", "Z1903", "Z1904", "Z1905", "Z1906", "Z1907", "Z1908"],
  ...[
    "Z1951",
    "Z1952",
    "Z1953",
    "Z1954",
    "Z1955",
    "Z1956",
    "Z1957",
    "Z1958",
    "Z1959",
    "Z1960",
    "Z1961",
    "Z1962",
  ],
];
