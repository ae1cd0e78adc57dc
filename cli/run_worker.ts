/** The module of the workers of `z6c run --workers`. Executables start their own entry module instead. */
import { epollTransport } from "../runtime/host/epoll.ts";
import { fetchTransport } from "../runtime/host/fetch.ts";
import { socketTransport } from "../runtime/host/socket.ts";
import { serveWorker } from "../runtime/live/worker.ts";

await serveWorker([socketTransport, fetchTransport, epollTransport]);
