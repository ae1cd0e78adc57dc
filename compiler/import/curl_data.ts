/** What a curl command sends: `-d` and its kin, `-F`, `-T`. */
import type { Given } from "./curl_words.ts";
import type { Value } from "./draft.ts";
import type { Note } from "./located.ts";
import type { SentBody } from "./sent_request.ts";
import type { Variables } from "./variables.ts";

/** The pieces of `-d` and its kin, joined as curl joins them. */
export class CurlData {
  readonly kind: "none" | "form" | "json";
  readonly file: string | null;
  private readonly pieces: readonly string[];

  constructor(given: readonly Given[], input: string | null, variables: Variables, notes: Note[]) {
    this.kind = given.length === 0 ? "none" : given.some(({ effect }) => effect === "json") ? "json" : "form";
    let file: string | null = null;
    this.pieces = given.flatMap(({ effect, at, value }) => {
      if (effect === "data-urlencode") {
        const piece = urlencoded(value, variables);
        if (piece === null) {
          notes.push({
            at,
            text: `${JSON.stringify(value.slice(0, 60))} is left out: its content is in a file`,
          });
        }
        return piece ?? [];
      }
      if (effect === "data-raw" || !value.startsWith("@")) return [value];
      if (value === "@-" && input !== null) return [effect === "data" ? input.replace(/[\r\n]/g, "") : input];
      if (value === "@-") notes.push({ at, text: "what came from standard input is left out" });
      else if (given.length > 1) {
        notes.push({ at, text: `${value} is left out: a body is one file or one text` });
      } else if (isFile(value.slice(1))) {
        file = value.slice(1);
        notes.push({
          at,
          text: `the body is the file ${value.slice(1)}, read from there, seen from the scenario`,
        });
      }
      return [];
    });
    this.file = file;
  }

  text(): string {
    return this.pieces.join(this.kind === "json" ? "" : "&");
  }
}

/** The body of a transfer: `-F`, `-T`, or what `-d` and its kin say. */
export function bodyOf(parts: readonly Given[], upload: string | undefined, data: CurlData): SentBody {
  if (parts.length > 0) return { kind: "parts", parts: new Map(parts.map(partOf)) };
  if (upload !== undefined) {
    return isFile(upload) ? { kind: "file", path: upload } : { kind: "none" };
  }
  if (data.file !== null) return { kind: "file", path: data.file };
  return data.kind === "none" ? { kind: "none" } : { kind: "text", text: data.text() };
}

/** Standard input, under whatever name, is no file. */
function isFile(path: string): boolean {
  return path !== "" && path !== "-" && path !== "." && !/\p{Cc}/u.test(path);
}

/** `-F 'photo=@a.png;type=image/png;filename=b.png'`. */
function partOf({ effect, value }: Given): readonly [string, Value] {
  const [, written = "", content = ""] = /^([^=]*)=?(.*)$/s.exec(value) ?? [];
  const name = written.replace(/\p{Cc}+/gu, " ") || "part";
  if (effect === "form-string" || !/^[@<]/.test(content)) {
    return [
      name,
      effect === "form-string" ? content : content.replace(/;type=[^;]*$/, "").replace(/^"(.*)"$/s, "$1"),
    ];
  }
  const [path = "", ...settings] = content.slice(1).split(";");
  const file = path.replace(/^"(.*)"$/, "$1");
  if (!isFile(file)) return [name, ""];
  const part = new Map<string, Value>([["file", file]]);
  for (const setting of settings) {
    const [, key, text = ""] = /^\s*(type|filename)=(.*?)\s*$/.exec(setting) ?? [];
    const plain = text.replace(/^"(.*)"$/, "$1");
    if (key === "filename" && !/\p{Cc}/u.test(plain)) part.set("name", plain);
    else if (key === "type" && /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(plain)) part.set("type", plain);
  }
  return [name, part];
}

/** `content`, `=content` and `name=content`, with the content encoded; null where it is in a file. */
export function urlencoded(value: string, variables: Variables): string | null {
  const [, name = "", sign, content = ""] = /^([^=@]*)([=@])(.*)$/s.exec(value) ?? [];
  if (sign === "@") return null;
  if (sign === undefined) return variables.encoded(value);
  return name === "" ? variables.encoded(content) : `${name}=${variables.encoded(content)}`;
}
