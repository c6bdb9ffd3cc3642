const PROTOCOL = "eventsourcing.v1";
const HARDLY_LATER = 500;
const AT_MOST = 10_000;
const GONE = 410;

/**
 * Follows the events that pass a filter, from the beginning of the log, and over every interruption: each event is told once
 * and in order.
 *
 * `told` has the functions `event(event)`; `connected()`, as soon as everything was told that there was; `lost()`; and
 * `anotherLog()`, when all that was told does not hold any more, and everything begins anew.
 */
export function follow(filter, told) {
  let cursor;
  let pause = HARDLY_LATER;

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws`, PROTOCOL);
    const say = (message) => socket.send(JSON.stringify(message));
    const subscribe = () => say({ type: "subscribe", subscription: "page", after: cursor, filter, credits: "unlimited" });

    const hear = {
      hello: subscribe,
      events(message) {
        message.events.forEach(told.event);
        cursor = message.cursor;
      },
      caught_up(message) {
        cursor = message.cursor;
        pause = HARDLY_LATER;
        told.connected();
      },
      ended(message) {
        if (message.problem?.status === GONE) {
          cursor = undefined;
          told.anotherLog();
          subscribe();
        } else if (message.problem) {
          socket.close();
        }
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
