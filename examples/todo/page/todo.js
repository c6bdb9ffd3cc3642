import { Refused, send } from "./commands.js";
import { follow } from "./live.js";

const [form, title, problem, list, summary, connection, template] = [
  "add", "title", "problem", "todos", "summary", "connection", "todo",
].map((id) => document.getElementById(id));

/** The line of each todo that is shown. */
const lines = new Map();

follow({ name: "ListTodos" }, {
  result: show,
  connected() {
    const again = connection.classList.replace("lost", "again") || connection.classList.contains("again");
    connection.textContent = again ? "Connected again. Nothing is missing." : "Changes show up here as they happen.";
  },
  lost() {
    connection.className = "lost";
    connection.textContent = "The server cannot be reached. Trying again …";
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

/** Shows what there is to do. Lines that were there stay, and who is in one of them with the keyboard stays there. */
function show(todos) {
  const there = new Set(todos.map(({ todo }) => todo));
  [...lines.keys()].filter((id) => !there.has(id)).forEach(remove);
  todos.forEach(({ todo, ...content }, place) => {
    const line = lines.get(todo) ?? add(todo);
    if (line !== list.children[place]) list.insertBefore(line, list.children[place]);
    write(line, content);
  });
  const open = todos.filter(({ done }) => !done).length;
  summary.textContent = todos.length === 0 ? "" : `${open} of ${todos.length} to do`;
}

/** A line for a todo, with nothing in it yet. */
function add(id) {
  const line = template.content.firstElementChild.cloneNode(true);
  const checkbox = line.querySelector("input");
  checkbox.addEventListener("change", async () => {
    checkbox.checked = await tell(id, "Complete");
  });
  line.querySelector("button").addEventListener("click", () => tell(id, "Remove"));
  lines.set(id, line);
  return line;
}

/** Titles are text, whatever they look like. What was checked just now stays so until it is known to be done. */
function write(line, { title, done }) {
  const [checkbox, button] = ["input", "button"].map((part) => line.querySelector(part));
  line.querySelector(".title").textContent = title;
  button.setAttribute("aria-label", `Remove ${title}`);
  if (checkbox.disabled === done) return;
  if (document.activeElement === checkbox) button.focus();
  checkbox.checked = checkbox.disabled = done;
}

function remove(id) {
  const line = lines.get(id);
  lines.delete(id);
  if (line.contains(document.activeElement)) {
    const neighbour = line.nextElementSibling ?? line.previousElementSibling;
    (neighbour?.querySelector("button") ?? title).focus();
  }
  line.remove();
}
