const PROTOCOL = "eventsourcing.v1";
const HARDLY_LATER = 500;
const AT_MOST = 10_000;

/**
 * Follows a query over every interruption: its result is told first, and then each that differs from the one told last.
 *
 * `told` has the functions `result(result)`; `connected()`, which an interruption is over with; and `lost()`.
 */
export function follow(query, told) {
  let revision;
  let pause = HARDLY_LATER;

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws`, PROTOCOL);
    const say = (message) => socket.send(JSON.stringify(message));

    const hear = {
      hello() {
        say({ type: "follow", subscription: "page", query, after: revision, credits: "unlimited" });
      },
      following() {
        pause = HARDLY_LATER;
        told.connected();
      },
      answer(message) {
        revision = message.revision;
        told.result(message.result);
      },
      ended(message) {
        if (message.problem) socket.close();
      },
      goodbye(message) {
        pause = message.retry_after_ms;
      },
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      hear[message.type]?.(message);
    };
    socket.onclose = () => {
      told.lost();
      setTimeout(connect, pause);
      pause = Math.min(2 * pause, AT_MOST);
    };
  }

  connect();
}
