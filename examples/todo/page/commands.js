const HARDLY_LATER = 1000;

/** What the domain, or the server, has against a command. */
export class Refused extends Error {}

/**
 * Sends a command to a stream. As long as nobody answers, or not now, it is sent again. It happens once all the same: each
 * time it has the same key.
 */
export async function send(category, id, name, fields = {}) {
  const address = `/commands/${category}/${encodeURIComponent(id)}/${name}`;
  const request = {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify(fields),
  };
  for (;;) {
    const response = await fetch(address, request).catch(() => undefined);
    if (response?.ok) return;
    const problem = await response?.json().catch(() => undefined);
    if (problem && !problem.retry_after) throw new Refused(problem.detail ?? problem.title);
    await new Promise((resolve) => setTimeout(resolve, HARDLY_LATER));
  }
}
