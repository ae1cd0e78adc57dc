/** The practice server as a model for the simulated host: the same shop, on a virtual clock. */
import { good } from "../cli/practice_goods.ts";
import { OAUTH_PATHS, oauthAnswer } from "../cli/practice_oauth.ts";
import { Shop, SHOP_PATHS } from "../cli/practice_shop.ts";
import { sizeBytes } from "../cli/practice_wish.ts";
import { KeyedRandom } from "../runtime/engine/random.ts";
import type { Answer, TargetModel } from "../runtime/host/simulated.ts";

const AFTER_TICKS = 3_000;
const FAIL_EVERY = 33;
const SHOP_WORDS: ReadonlySet<string> = new Set(SHOP_PATHS.map(([word]) => word));
const OAUTH_WORDS: ReadonlySet<string> = new Set(OAUTH_PATHS.map(([word]) => word));

/** Answers what scenarios/ ask for, each after 3 ms; of those that ask to fail, one of so many gets 503. */
export function practiceModel(): TargetModel {
  const random = new KeyedRandom(1);
  const draw = (key: number) => random.draw(key >>> 0, 0, 1, 0);
  const shop = new Shop(draw);
  let asked = 0;
  return ({ bytes }) => {
    const { method, url, headers, body } = parsed(bytes);
    if (headers.has("x-z6c-fail") && ++asked % FAIL_EVERY === 0) return answer(503, "");
    const path = url.pathname.slice(1).split("/");
    const [word, rest] = path;
    const isOAuth = OAUTH_WORDS.has(word);
    if (isOAuth || SHOP_WORDS.has(word)) {
      const header = (name: string) => headers.get(name) ?? null;
      const wish = { method, path, query: url.searchParams, header, body };
      // Tokens of an hour that began at once: no scenario is to see one run out.
      const { status, headers: sent = {}, json } = isOAuth ? oauthAnswer(wish, 0, draw) : shop.answer(wish);
      return answer(status, json === null ? "" : JSON.stringify(json), Object.entries(sent));
    }
    switch (word) {
      case "":
        return answer(200, "{}");
      case "items":
        return answer(200, JSON.stringify(good(Number(rest), draw)));
      case "echo":
        return answer(200, JSON.stringify({ method, path: url.pathname, body }));
      case "bytes":
        return answer(200, "b".repeat(sizeBytes(rest)));
      default:
        return answer(404, "");
    }
  };
}

function parsed(bytes: Uint8Array) {
  const text = new TextDecoder().decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  const [line, ...fields] = text.slice(0, end).split("\r\n");
  const [method, target] = line.split(" ");
  const headers = new Map(fields.map((field) => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
  }));
  return { method, url: new URL(`http://shop${target}`), headers, body: text.slice(end + 4) };
}

function answer(status: number, text: string, headers: readonly (readonly [string, string])[] = []): Answer {
  const body = new TextEncoder().encode(text);
  return { kind: "response", afterTicks: AFTER_TICKS, status, bytes: body.length, body, headers };
}
