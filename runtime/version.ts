/** z6c's version: its one home. Shown in ledgers, reports and `--version`, and the default `user-agent`. */
export const VERSION = "0.1.0";
