// The running stack's processes, ended and started, and the line between a browser and the portal, cut and divided.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, createServer, request } from "node:http";
import { type AddressInfo, type Socket } from "node:net";
import { resolve } from "node:path";

import { expect } from "./portal";

const root = resolve(import.meta.dirname, "../../..");
const portal = new URL(process.env.PORTAL_URL ?? "http://localhost:3000");

function supervisor(...words: string[]): string {
  const socket = process.env.STACK_SOCKET;
  if (!socket) throw new Error("STACK_SOCKET is not set: dev/e2e sets it");
  return execFileSync("process-compose", ["--use-uds", "--unix-socket", socket, "process", ...words], { encoding: "utf8" });
}

function pid(name: string): number {
  const found = (JSON.parse(supervisor("list", "--output", "json")) as { name: string; pid: number }[])
    .find((process) => process.name === name);
  if (!found?.pid) throw new Error(`${name} does not run`);
  return found.pid;
}

/** Runs `during` while a process of the stack is stopped; it runs again afterwards, whatever happens. */
export async function without(name: string, during: () => Promise<void>): Promise<void> {
  supervisor("stop", name);
  try {
    await during();
  } finally {
    supervisor("start", name);
  }
}

/** Runs `during` while a process of the stack hears everything and does nothing. */
export async function frozen(name: string, during: () => Promise<void>): Promise<void> {
  const which = pid(name);
  process.kill(which, "SIGSTOP");
  try {
    await during();
  } finally {
    process.kill(which, "SIGCONT");
  }
}

/** Kills a process of the stack, which its supervisor starts again. */
export function killed(name: string): void {
  process.kill(pid(name), "SIGKILL");
}

/** Waits until this address answers well. */
export async function answers(url: string): Promise<void> {
  const status = () => fetch(url).then((response) => response.status, () => 0);
  await expect.poll(status, { timeout: 60_000, message: url }).toBe(200);
}

/** A second portal beside the first, on `port`, until `end` is called. */
export async function secondPortal(port: number): Promise<{ end: () => Promise<void> }> {
  const environment = { ...process.env, REPLICA: "1", REPLICA_PORT: String(port) };
  const program = spawn(resolve(root, "dev/run/service"), ["portal", "serve"], { cwd: root, env: environment, stdio: "ignore" });
  await answers(`http://127.0.0.1:${port}/readyz`);
  return {
    end: async () => {
      if (program.exitCode !== null || program.signalCode !== null) return;
      const ended = once(program, "exit");
      program.kill("SIGTERM");
      await ended;
    },
  };
}

/**
 * What stands between a browser and the portal: a proxy, for `browser.newContext({ proxy: { server } })`.
 * It gives each request to the next of `ports`, and lets nothing through that `cut` names.
 */
export class Line {
  ports = [Number(portal.port)];
  /** How many requests each port has got. */
  readonly given = new Map<number, number>();
  private isCut: (path: string) => boolean = () => false;
  private readonly open = new Set<{ path: string; socket: Socket }>();
  private next = 0;
  private readonly server = createServer((asked, answer) => {
    const { pathname, search, host, port } = new URL(asked.url ?? "");
    const socket = asked.socket;
    if (host === portal.host && this.isCut(pathname)) {
      socket.destroy();
      return;
    }
    let to = Number(port || 80);
    if (host === portal.host) {
      to = this.ports[this.next++ % this.ports.length] as number;
      this.given.set(to, (this.given.get(to) ?? 0) + 1);
    }
    const through = { path: pathname, socket };
    this.open.add(through);
    const ours = request({ host: "127.0.0.1", port: to, path: pathname + search, method: asked.method, headers: asked.headers });
    ours.on("response", (theirs: IncomingMessage) => {
      answer.writeHead(theirs.statusCode ?? 502, theirs.rawHeaders);
      theirs.pipe(answer);
      theirs.on("error", () => socket.destroy());
    });
    ours.on("error", () => socket.destroy());
    answer.on("close", () => {
      this.open.delete(through);
      ours.destroy();
    });
    asked.pipe(ours);
  });

  static async start(): Promise<Line> {
    const line = new Line();
    line.server.listen(0, "127.0.0.1");
    await once(line.server, "listening");
    return line;
  }

  /** Its address, as a context's `proxy` takes it. */
  get proxy(): { server: string } {
    return { server: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}` };
  }

  /** From now on nothing passes whose path this names, and what is under way breaks off. */
  cut(isCut: (path: string) => boolean): void {
    this.isCut = isCut;
    for (const { path, socket } of this.open) if (isCut(path)) socket.destroy();
  }

  mend(): void {
    this.isCut = () => false;
  }

  end(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
