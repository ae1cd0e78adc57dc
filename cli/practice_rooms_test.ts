import assert from "node:assert/strict";
import { type Guest, Rooms } from "./practice_rooms.ts";

/** A guest, and what it was told. */
function guest(rooms: Rooms, room: string): { guest: Guest; told: string[]; says(message: unknown): void } {
  const told: string[] = [];
  const guest = rooms.enter(room, (json) => told.push(json));
  const says = (message: unknown) =>
    rooms.hear(room, guest, typeof message === "string" ? message : JSON.stringify(message));
  return { guest, told, says };
}

Deno.test("what one says is told to all of the room that were welcomed", () => {
  const rooms = new Rooms();
  const [ada, eve, mute, other] = ["1", "1", "1", "2"].map((room) => guest(rooms, room));
  ada.says({ type: "hello", who: "ada" });
  eve.says({ type: "hello", who: "eve" });
  other.says({ type: "hello" });
  eve.says({ type: "say", text: "hi" });
  const said = '{"type":"said","from":"u2","text":"hi"}';
  assert.deepEqual(ada.told, ['{"type":"welcome","id":"u1","who":"ada","room":"1"}', said]);
  assert.deepEqual(eve.told, ['{"type":"welcome","id":"u2","who":"eve","room":"1"}', said]);
  assert.deepEqual(mute.told, []);
  assert.deepEqual(other.told, ['{"type":"welcome","id":"u1","room":"2"}']);
});

Deno.test("a second hello keeps the id, and what is no message of the room is told to its sender alone", () => {
  const rooms = new Rooms();
  const [ada, eve] = [guest(rooms, "1"), guest(rooms, "1")];
  eve.says({ type: "hello" });
  for (const wrong of [{ type: "say", text: "early" }, { type: "say" }, { type: "sing" }, "{", "null", "7"]) {
    ada.says(wrong);
    assert.match(ada.told.pop() ?? "", /^{"type":"error","error":"(?:say hello first|hello with who)/);
  }
  ada.says({ type: "hello" });
  ada.says({ type: "hello" });
  assert.deepEqual(ada.told.map((json) => JSON.parse(json).id), ["u2", "u2"]);
  assert.equal(eve.told.length, 1);
});

Deno.test("a room is there while somebody is in it", () => {
  const rooms = new Rooms();
  const [ada, eve] = [guest(rooms, "1"), guest(rooms, "1")];
  rooms.leave("1", ada.guest);
  assert.equal(rooms.count, 1);
  eve.says({ type: "hello" });
  assert.equal(ada.told.length, 0);
  rooms.leave("1", eve.guest);
  assert.equal(rooms.count, 0);
  eve.says({ type: "hello" });
  assert.equal(eve.told.length, 1);
});
