/** Names of steps, from what they request. */
import type { Method } from "./draft.ts";
import type { Variables } from "./variables.ts";

const PAGE_ENDING = /\.(?:html?|php|aspx?|jsp|cgi|json|xml)$/i;

/** Names for a step, the plainest first: `orders`, `post-orders`, `users-orders`. */
export type PathNames = Readonly<{ plain: string; withMethod: string; withParent: string }>;

/** Names from what a step requests. */
export function pathNames(method: Method, url: string, variables: Variables): PathNames {
  const path = url.replace(/[?#].*$/s, "");
  const words = path.split("/").filter((segment) => segment !== "" && !isChanging(segment, variables))
    .map((segment) => wordOf(segment).slice(0, 40)).filter((word) => word !== "" && !/^v\d+$/.test(word));
  const last = words.at(-1) ?? "home";
  const parent = words.at(-2);
  return {
    plain: method === "get" || method === "post" ? last : `${method}-${last}`,
    withMethod: `${method}-${last}`,
    withParent: parent === undefined ? last : `${parent}-${last}`,
  };
}

/** Whether a part of a path names one thing among many: a number, a UUID, a hash, a variable. */
export function isChanging(segment: string, variables: Variables | null): boolean {
  if (variables?.has(segment)) return true;
  return /^\d+$/.test(segment) || /^[0-9a-f]{8}-[0-9a-f-]{20,}$/i.test(segment) ||
    (/^[0-9a-z_-]{12,}$/i.test(segment) && /\d/.test(segment) && /[a-z]/i.test(segment) &&
      !/^[a-z]+[-_]/.test(segment));
}

function wordOf(segment: string): string {
  let text = segment;
  try {
    text = decodeURIComponent(segment);
  } catch {
    // Not percent-encoded after all: named as it stands.
  }
  return text.toWellFormed().replace(PAGE_ENDING, "").replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(
    /^[-.]+|[-.]+$/g,
    "",
  );
}
