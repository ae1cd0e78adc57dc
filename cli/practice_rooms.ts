/** Chat rooms: who says hello is welcomed under an id, and what one says is told to all that were welcomed. */

/** One that came into a room, as the room sees it. */
export type Guest = {
  /** Takes one message of the room, as JSON. */
  readonly tell: (json: string) => void;
  /** `u1`; null before the hello. */
  id: string | null;
};

type Message = Readonly<{ type?: unknown; who?: unknown; text?: unknown }>;
type Room = { readonly guests: Set<Guest>; lastId: number };

/** Rooms are there while somebody is in them. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();

  /** How many rooms somebody is in. */
  get count(): number {
    return this.#rooms.size;
  }

  enter(name: string, tell: Guest["tell"]): Guest {
    const room = this.#rooms.get(name) ?? { guests: new Set(), lastId: 0 };
    this.#rooms.set(name, room);
    const guest = { tell, id: null };
    room.guests.add(guest);
    return guest;
  }

  leave(name: string, guest: Guest): void {
    const room = this.#rooms.get(name);
    room?.guests.delete(guest);
    if (room?.guests.size === 0) this.#rooms.delete(name);
  }

  /**
   * `{"type":"hello","who":"ada"}` → `{"type":"welcome","id":"u1","who":"ada","room":"7"}` to the guest;
   * `{"type":"say","text":"hi"}` → `{"type":"said","from":"u1","text":"hi"}` to all that were welcomed, oneself included.
   * Anything else is answered with `{"type":"error","error":"…"}`.
   */
  hear(name: string, guest: Guest, text: string): void {
    const room = this.#rooms.get(name);
    const message = messageOf(text);
    if (room === undefined) return;
    if (message.type === "hello") {
      guest.id ??= `u${++room.lastId}`;
      return guest.tell(JSON.stringify({ type: "welcome", id: guest.id, who: message.who, room: name }));
    }
    if (message.type !== "say" || typeof message.text !== "string") {
      return guest.tell(problem("hello with who, or say with text, is wanted as JSON"));
    }
    if (guest.id === null) return guest.tell(problem("say hello first"));
    const said = JSON.stringify({ type: "said", from: guest.id, text: message.text });
    for (const { id, tell } of room.guests) if (id !== null) tell(said);
  }
}

function messageOf(text: string): Message {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function problem(error: string): string {
  return JSON.stringify({ type: "error", error });
}
