// The client of TodoApp, made of its description by `eventsourcing-server`. Do not edit it: a test compares it with the service.

export type TodoId = string;

export type TodoRow = {
  done: boolean;
  title: string;
  todo: TodoId;
};

/** The fields of each command. */
export interface Commands {
  Link: {
    first: TodoId;
    second: TodoId;
  };
  "todo/Complete": Record<string, unknown>;
  "todo/Create": {
    title: string;
  };
}

/** The fields of each query, and what comes of it. */
export interface Queries {
  ListTodos: {
    fields: {
      done?: boolean;
    };
    result: Array<TodoRow>;
  };
  TodoOf: {
    fields: {
      todo: TodoId;
    };
    result: {
      done: boolean;
      title: string;
      todo: TodoId;
    };
  };
}

/** Something that the service knows: `type` says what, and `schemaversion` in which form. */
export type Event =
  | CloudEvent<"link.Linked", 1, {
      first: TodoId;
      second: TodoId;
    }>
  | CloudEvent<"todo.Completed", 1, Record<string, unknown>>
  | CloudEvent<"todo.Created", 1, {
      title: string;
    }>;

export type EventType = Event["type"];

const EVENT_TYPES: ReadonlySet<string> = new Set(["link.Linked", "todo.Completed", "todo.Created"]);

/** Why something does not work: problem details, RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** How to react. */
  readonly class: "rejected" | "conflict" | "retry" | "overloaded" | "unknown_outcome" | "bug";
  readonly detail?: string;
  /** Where the fields are wrong: a JSON Pointer. */
  readonly path?: string;
  readonly suggestions?: readonly string[];
  /** What the domain says besides. */
  readonly code?: string;
  readonly details?: unknown;
  readonly causes?: readonly string[];
  readonly version?: number;
  readonly retry_after?: number;
  /** Under which id those who run the service find it in their log. */
  readonly incident?: string;
}

/** A question that is not answered, and would not be if it were asked again. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ProblemError";
  }
}

/** Something that has happened. */
export interface CloudEvent<Type extends string, Version extends number, Data> {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: Type;
  /** The stream that it happened in. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: string;
  readonly position: string;
  readonly streamversion: string;
  readonly schemaversion: Version;
  readonly tenantid?: string;
  readonly commandid?: string;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly actor?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** Further streams that hold it, with spaces between them. */
  readonly links?: string;
  readonly data: Data;
  /** What is there instead of `data` if it is not JSON. */
  readonly data_base64?: string;
}

/** What a command has done. */
export interface Success {
  readonly outcome: "success";
  readonly command_id: string;
  readonly position: number;
  readonly versions: Readonly<Record<string, number>>;
  /** Whether it had happened before. */
  readonly repeated: boolean;
  readonly events: readonly Event[];
}

/** Why a command has not happened; with `unknown_outcome`, perhaps it has. */
export interface Failure {
  readonly outcome: Problem["class"];
  readonly problem: Problem;
}

/** What came of a command. */
export type Result = Success | Failure;

/** What a subscription brings. Where it has come to, is in `cursor`: text to go on with. */
export type Message =
  | { readonly kind: "event"; readonly event: Event; readonly cursor: string }
  /** Everything was told that there was when the subscription began. */
  | { readonly kind: "caught_up"; readonly cursor: string };

/** Which events are asked for: by default, all that the service knows. */
export interface Filter {
  readonly types?: readonly EventType[];
  readonly categories?: readonly string[];
  readonly streams?: readonly string[];
}

/** Where to begin, and when to end. */
export interface Reading {
  /** A cursor; `end` for what comes from now on; by default, from the beginning. */
  readonly after?: string;
  readonly signal?: AbortSignal;
}

/** How a command is sent. */
export interface Sending {
  /** Makes it happen once, however often it is sent: by default, a new one for each call. */
  readonly key?: string;
  /** The version that its stream has to be at; 0 if it must not exist. */
  readonly expectedVersion?: number;
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly signal?: AbortSignal;
}

/** How a query is asked. */
export interface Asking {
  /** The `position` of something that was done: the answer has it in it. */
  readonly at?: number;
  readonly signal?: AbortSignal;
}

/** Where the service is, and how it is asked. */
export interface Connecting {
  /** By default, the server that the page comes from. */
  readonly base?: string;
  /** Headers of every request: `authorization`. */
  readonly headers?: () => Record<string, string> | Promise<Record<string, string>>;
  /** How often a command is sent, at most, as long as nobody answers, or not now: by default, 5 times. */
  readonly attempts?: number;
  readonly fetch?: typeof fetch;
}

/** What every service has. */
export class Client {
  readonly #base: string;
  readonly #headers: NonNullable<Connecting["headers"]>;
  readonly #attempts: number;
  readonly #fetch: typeof fetch;

  constructor(connecting: Connecting = {}) {
    this.#base = connecting.base?.replace(/\/$/, "") ?? "";
    this.#headers = connecting.headers ?? (() => ({}));
    this.#attempts = connecting.attempts ?? 5;
    this.#fetch = connecting.fetch ?? ((input, init) => fetch(input, init));
  }

  /** The events that there are. */
  async *events(filter: Filter = {}, { after, signal }: Reading = {}): AsyncGenerator<Event, void, undefined> {
    for (;;) {
      const response = await this.#ask(filter, after, "application/json", signal);
      if (!response.ok) throw new ProblemError(await problemOf(response));
      const page = (await response.json()) as { cursor: string; caught_up: boolean; events: Event[] };
      yield* page.events.filter(isKnown);
      if (page.caught_up) return;
      after = page.cursor;
    }
  }

  /**
   * The events that there are, and those that come, each once and in order, over every interruption. It ends when it is told to.
   *
   * A cursor that does not belong to the log any more makes it throw a `ProblemError` of status 410: begin again without it.
   */
  async *subscribe(filter: Filter = {}, { after, signal }: Reading = {}): AsyncGenerator<Message, void, undefined> {
    let pause = SHORT_PAUSE;
    for (; !signal?.aborted; await sleep(pause, signal)) {
      pause = Math.min(2 * pause, LONG_PAUSE);
      const response = await this.#ask(filter, after, "text/event-stream", signal).catch(() => undefined);
      if (!response) continue;
      if (!response.ok || !response.body) {
        const problem = await problemOf(response);
        if (!mayBeRepeated(problem)) throw new ProblemError(problem);
        pause = Math.max(pause, 1000 * (problem.retry_after ?? 0));
        continue;
      }
      for await (const sent of sentEvents(response.body)) {
        pause = SHORT_PAUSE;
        after = sent.id ?? after;
        if (sent.name === "ended") {
          const problem = JSON.parse(sent.data) as Problem;
          if (!mayBeRepeated(problem)) throw new ProblemError(problem);
        } else if (sent.name === "caught_up") {
          yield { kind: "caught_up", cursor: after ?? "" };
        } else if (sent.name === "message" && sent.data !== "") {
          const event = JSON.parse(sent.data) as Event;
          if (isKnown(event)) yield { kind: "event", event, cursor: after ?? "" };
        }
      }
    }
  }

  /** Sends a command. */
  protected async send(path: string, fields: unknown, sending: Sending = {}): Promise<Result> {
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "idempotency-key": sending.key ?? crypto.randomUUID(),
    };
    if (sending.expectedVersion === 0) headers["if-none-match"] = "*";
    else if (sending.expectedVersion !== undefined) headers["if-match"] = `"${sending.expectedVersion}"`;
    if (sending.correlationId !== undefined) headers["correlation-id"] = sending.correlationId;
    if (sending.causationId !== undefined) headers["causation-id"] = sending.causationId;
    const body = JSON.stringify(fields);
    for (let attempt = 1, pause = SHORT_PAUSE; ; attempt += 1, pause *= 2) {
      const result = await this.#sendOnce(path, { method: "POST", headers, body, signal: sending.signal ?? null });
      if (result.outcome === "success" || attempt >= this.#attempts || !mayBeRepeated(result.problem)) return result;
      await sleep(Math.max(pause, 1000 * (result.problem.retry_after ?? 0)), sending.signal);
      if (sending.signal?.aborted) return result;
    }
  }

  /** Asks a query. */
  protected async ask<Answer>(path: string, fields: unknown, asking: Asking = {}): Promise<Answer> {
    const response = await this.#query(path, fields, "application/json", asking);
    if (!response.ok) throw new ProblemError(await problemOf(response));
    return (await response.json()) as Answer;
  }

  /** The result of a query, and each that differs from the last one, over every interruption. It ends when it is told to. */
  protected async *follow<Answer>(
    path: string,
    fields: unknown,
    asking: Asking = {},
  ): AsyncGenerator<Answer, void, undefined> {
    const { signal } = asking;
    let pause = SHORT_PAUSE;
    let last: string | undefined;
    for (; !signal?.aborted; await sleep(pause, signal)) {
      pause = Math.min(2 * pause, LONG_PAUSE);
      const response = await this.#query(path, fields, "text/event-stream", asking, last).catch(() => undefined);
      if (!response) continue;
      if (!response.ok || !response.body) {
        const problem = await problemOf(response);
        if (!mayBeRepeated(problem)) throw new ProblemError(problem);
        pause = Math.max(pause, 1000 * (problem.retry_after ?? 0));
        continue;
      }
      for await (const sent of sentEvents(response.body)) {
        pause = SHORT_PAUSE;
        last = sent.id ?? last;
        if (sent.name === "message" && sent.data !== "") yield JSON.parse(sent.data) as Answer;
      }
    }
  }

  async #query(path: string, fields: unknown, accept: string, asking: Asking, last?: string): Promise<Response> {
    const headers: Record<string, string> = { ...(await this.#headers()), accept, "content-type": "application/json" };
    if (asking.at !== undefined) headers["es-position"] = `${asking.at}`;
    if (last !== undefined) headers["last-event-id"] = last;
    const [body, signal] = [JSON.stringify(fields), asking.signal ?? null];
    return this.#fetch(this.#base + path, { method: "POST", headers, body, signal });
  }

  async #sendOnce(path: string, request: RequestInit & { headers: Record<string, string> }): Promise<Result> {
    const headers = { ...(await this.#headers()), ...request.headers };
    try {
      const response = await this.#fetch(this.#base + path, { ...request, headers });
      if (response.ok) return { ...((await response.json()) as Success), outcome: "success" };
      const problem = await problemOf(response);
      return { outcome: problem.class, problem };
    } catch (error) {
      return { outcome: "unknown_outcome", problem: unanswered(String(error)) };
    }
  }

  async #ask(filter: Filter, after: string | undefined, accept: string, signal?: AbortSignal): Promise<Response> {
    const query = new URLSearchParams();
    if (after !== undefined) query.set("after", after);
    filter.types?.forEach((type) => query.append("type", type));
    filter.categories?.forEach((category) => query.append("category", category));
    filter.streams?.forEach((stream) => query.append("stream", stream));
    const headers = { ...(await this.#headers()), accept };
    return this.#fetch(`${this.#base}/events?${query}`, { headers, signal: signal ?? null });
  }
}

/** In milliseconds. */
const SHORT_PAUSE = 250;
const LONG_PAUSE = 10_000;

function isKnown(event: Event): boolean {
  return EVENT_TYPES.has(event.type);
}

function mayBeRepeated(problem: Problem): boolean {
  return problem.class === "retry" || problem.class === "overloaded" || problem.class === "unknown_outcome";
}

/** What was answered; whoever stands between may know nothing of problem details. */
async function problemOf(response: Response): Promise<Problem> {
  const told = response.headers.get("content-type")?.startsWith("application/problem+json");
  if (told) return (await response.json()) as Problem;
  const title = response.statusText || `status ${response.status}`;
  const unclear = response.status >= 500 || response.status === 429;
  return { type: "about:blank", title, status: response.status, class: unclear ? "unknown_outcome" : "rejected" };
}

function unanswered(detail: string): Problem {
  return { type: "about:blank", title: "nobody has answered", status: 503, class: "unknown_outcome", detail };
}

/** Waits, but not longer than anybody is interested. */
function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
  });
}

interface Sent {
  readonly name: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** Server-sent events, until the connection ends in whichever way. */
async function* sentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<Sent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const chunk = await reader.read().catch(() => undefined);
      if (!chunk || chunk.done) return;
      text += decoder.decode(chunk.value, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) yield sentEvent(block);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function sentEvent(block: string): Sent {
  let [name, id, data] = ["message", undefined as string | undefined, ""];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).replace(/^ /, "");
    const field = line.slice(0, colon);
    if (field === "event") name = value;
    else if (field === "id") id = value;
    else if (field === "data") data += value;
  }
  return { name, id, data };
}

/** The service TodoApp. */
export class TodoApp extends Client {
  /** Says that two todos belong together. */
  link(fields: Commands["Link"], sending?: Sending): Promise<Result> {
    return this.send("/commands/Link", fields, sending);
  }

  todoComplete(id: string, fields: Commands["todo/Complete"] = {}, sending?: Sending): Promise<Result> {
    return this.send(`/commands/todo/${encodeURIComponent(id)}/Complete`, fields, sending);
  }

  todoCreate(id: string, fields: Commands["todo/Create"], sending?: Sending): Promise<Result> {
    return this.send(`/commands/todo/${encodeURIComponent(id)}/Create`, fields, sending);
  }

  /** What there is to do, or was. */
  listTodos(fields: Queries["ListTodos"]["fields"] = {}, asking?: Asking): Promise<Queries["ListTodos"]["result"]> {
    return this.ask("/queries/ListTodos", fields, asking);
  }

  /** What there is to do, or was. */
  followListTodos(fields: Queries["ListTodos"]["fields"] = {}, asking?: Asking): AsyncGenerator<Queries["ListTodos"]["result"], void, undefined> {
    return this.follow("/queries/ListTodos", fields, asking);
  }

  /** A single one. */
  todoOf(fields: Queries["TodoOf"]["fields"], asking?: Asking): Promise<Queries["TodoOf"]["result"]> {
    return this.ask("/queries/TodoOf", fields, asking);
  }

  /** A single one. */
  followTodoOf(fields: Queries["TodoOf"]["fields"], asking?: Asking): AsyncGenerator<Queries["TodoOf"]["result"], void, undefined> {
    return this.follow("/queries/TodoOf", fields, asking);
  }
}
