import { Refused, send } from "./commands.js";
import { follow } from "./log.js";

const [form, title, problem, list, summary, connection, template] = [
  "add", "title", "problem", "todos", "summary", "connection", "todo",
].map((id) => document.getElementById(id));

/** What is known of each todo, by its stream: its title, whether it is done, and its line in the list. */
const todos = new Map();

const happened = {
  "todo.Added": (event) => todos.set(event.subject, { title: event.data.title, done: false }),
  "todo.Completed": (event) => complete(todos.get(event.subject)),
  "todo.Removed": (event) => remove(event.subject),
  "todo.Listed": (event) => show(event.data.todo),
};

follow({ categories: ["todo", "list"] }, {
  event(event) {
    happened[event.type]?.(event);
    summarize();
  },
  connected() {
    const again = connection.classList.replace("lost", "again") || connection.classList.contains("again");
    connection.textContent = again ? "Connected again. Nothing is missing." : "Changes show up here as they happen.";
  },
  lost() {
    connection.className = "lost";
    connection.textContent = "The server cannot be reached. Trying again …";
  },
  anotherLog() {
    todos.clear();
    list.replaceChildren();
    summarize();
  },
});

form.addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  const wanted = title.value;
  title.value = "";
  const done = await tell(crypto.randomUUID(), "Add", { title: wanted });
  if (done || title.value !== "") return;
  title.value = wanted;
  title.select();
});

/** Sends a command, and shows what there is against it. */
async function tell(id, name, fields) {
  problem.textContent = "";
  try {
    await send("todo", id, name, fields);
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    problem.textContent = `That was not possible: ${error.message}.`;
    return false;
  }
}

/** Adds a todo to the list. Titles are text, whatever they look like. */
function show(stream) {
  const todo = todos.get(stream);
  if (!todo) return;
  const id = stream.slice("todo-".length);
  todo.line = template.content.firstElementChild.cloneNode(true);
  todo.line.querySelector(".title").textContent = todo.title;
  const checkbox = todo.line.querySelector("input");
  checkbox.addEventListener("change", async () => {
    checkbox.checked = await tell(id, "Complete");
  });
  const button = todo.line.querySelector("button");
  button.setAttribute("aria-label", `Remove ${todo.title}`);
  button.addEventListener("click", () => tell(id, "Remove"));
  list.append(todo.line);
  if (todo.done) complete(todo);
}

function complete(todo) {
  todo.done = true;
  const checkbox = todo.line?.querySelector("input");
  if (!checkbox) return;
  // Who is there with the keyboard stays in the line.
  if (document.activeElement === checkbox) todo.line.querySelector("button").focus();
  checkbox.checked = true;
  checkbox.disabled = true;
}

function remove(stream) {
  const line = todos.get(stream)?.line;
  todos.delete(stream);
  if (line?.contains(document.activeElement)) {
    const neighbour = line.nextElementSibling ?? line.previousElementSibling;
    (neighbour?.querySelector("button") ?? title).focus();
  }
  line?.remove();
}

function summarize() {
  const all = todos.size;
  const open = [...todos.values()].filter((todo) => !todo.done).length;
  summary.textContent = all === 0 ? "" : `${open} of ${all} to do`;
}
