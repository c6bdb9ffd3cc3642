import assert from "node:assert/strict";
import { type Event, ProblemError, TodoApp } from "./client.js";

const app = new TodoApp({ base: process.argv[2] ?? "" });

/** The compiler knows what is in each event. */
function told(event: Event): string {
  switch (event.type) {
    case "todo.Created":
      return `${event.subject} is to ${event.data.title}`;
    case "todo.Completed":
      // @ts-expect-error it has no title
      event.data.title satisfies string;
      return `${event.subject} is done`;
    case "link.Linked":
      return `${event.data.first} and ${event.data.second}`;
  }
}

const created = await app.todoCreate("1", { title: "buy milk" });
assert(created.outcome === "success");
assert.equal(created.versions["todo-1"], 1);
assert.deepEqual(created.events.map(told), ["todo-1 is to buy milk"]);

const again = await app.todoCreate("1", { title: "buy milk" });
assert(again.outcome === "rejected");
assert.equal(again.problem.detail, "there is such a todo already");

// @ts-expect-error the compiler says so as well
const wrong = await app.todoCreate("2", { title: 7 });
assert(wrong.outcome === "rejected");
assert.equal(wrong.problem.path, "/title");

const todos = await app.listTodos({}, { at: created.position });
assert.deepEqual(
  todos.map((todo) => todo.title),
  ["buy milk"],
);
await assert.rejects(app.todoOf({ todo: "7" }), ProblemError);

const late = await app.todoComplete("1", {}, { expectedVersion: 7 });
assert.equal(late.outcome, "conflict");

const once = await app.link({ first: "1", second: "a b/c" }, { key: "once" });
const twice = await app.link({ first: "1", second: "a b/c" }, { key: "once" });
assert(once.outcome === "success" && twice.outcome === "success");
assert.deepEqual([once.repeated, twice.repeated], [false, true]);
assert.equal(once.command_id, twice.command_id);

const expected = ["todo-1 is to buy milk", "1 and a b/c", "todo-1 is done"];

// A subscription brings what there was, says so, and goes on; interrupted, it goes on where it was.
const seen: string[] = [];
let interruptions = 0;
const flaky: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  interruptions += 1;
  if (interruptions === 1) throw new TypeError("the network is away");
  return response;
};
const listener = new TodoApp({ base: process.argv[2] ?? "", fetch: flaky });
let cursor: string | undefined;
for await (const message of listener.subscribe({ categories: ["todo"], types: ["todo.Created", "link.Linked"] })) {
  cursor = message.cursor;
  if (message.kind === "event") seen.push(told(message.event));
  else break;
}
await app.todoComplete("1");
const subscription = cursor === undefined ? {} : { after: cursor };
for await (const message of listener.subscribe({}, subscription)) {
  if (message.kind === "event") seen.push(told(message.event));
  if (seen.length === expected.length) break;
}
assert.deepEqual(seen, expected);
assert(interruptions > 2);

const all: string[] = [];
for await (const event of app.events()) all.push(told(event));
assert.deepEqual(all, expected);

await assert.rejects(async () => {
  for await (const _ of app.subscribe({}, { after: "nonsense" })) break;
}, ProblemError);

// A query that is followed brings each result that differs.
let done = 0;
for await (const todos of app.followListTodos({ done: true })) {
  done = todos.length;
  if (done > 0) break;
}
assert.equal(done, 1);

// Nobody is there.
const nobody = new TodoApp({ base: "http://127.0.0.1:1", attempts: 2 });
assert.equal((await nobody.todoComplete("1")).outcome, "unknown_outcome");
