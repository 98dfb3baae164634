// People, companies, offers and mails, made and read by the calls that anybody has: what a browser test starts from.
import { randomInt, randomUUID } from "node:crypto";

import { expect } from "./portal";

const gateway = `${process.env.GATEWAY_URL ?? "http://localhost:8000"}/api/v1`;
const mailhog = process.env.MAILHOG_URL ?? "http://localhost:8025";

export type Person = { email: string; password: string; firstName: string; lastName: string };
export type Account = Person & { token: string };
export type Company = { id: string; name: string };
export type Offer = { id: string; datetime: string; price: string };

async function call(method: string, path: string, options: { token?: string; body?: unknown } = {}) {
  const response = await fetch(`${gateway}${path}`, {
    method,
    headers: {
      "content-type": "application/json",
      "idempotency-key": randomUUID(),
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
    },
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** Somebody whom nobody has met yet. */
export function somebody(firstName = "Vera", lastName = "Orlova"): Person {
  return { email: `${randomUUID()}@example.com`, password: `a-long-one-${randomUUID()}`, firstName, lastName };
}

/** An account made through the API. */
export async function account(person = somebody()): Promise<Account> {
  const { email, password, firstName, lastName } = person;
  const body = { email, password, first_name: firstName, last_name: lastName };
  const tokens = await call("POST", "/customer/register", { body });
  return { ...person, token: tokens.access_token };
}

export async function company(owner: Account, name = `Salon ${randomUUID().slice(0, 8)}`): Promise<Company> {
  const body = { name, address: "Moscow, Pokrovka 17", phone: "+7 495 555-01-17", time_zone: "Europe/Moscow" };
  return call("POST", "/company", { token: owner.token, body });
}

/** A start of its own, so that no two tests meet: 10 to 26 days ahead, on a full minute. */
export function someStart(): Date {
  const minute = 60_000;
  const start = Math.ceil(Date.now() / minute) * minute + 10 * 24 * 60 * minute;
  return new Date(start + randomInt(16 * 24 * 60) * minute);
}

/** Publishes an offer; service 29 is football. */
export async function offer(
  owner: Account,
  where: Company,
  { price = 1500, start = someStart(), service = 29 }: { price?: number; start?: Date; service?: number } = {},
): Promise<Offer> {
  const body = { service_id: service, price, datetime: start.toISOString(), duration_min: 60, description: "Five a side" };
  return call("POST", `/company/${where.id}/offers`, { token: owner.token, body });
}

export async function changePrice(owner: Account, where: Company, what: Offer, price: number): Promise<void> {
  await call("PUT", `/company/${where.id}/offers/${what.id}`, { token: owner.token, body: { price } });
}

export async function topUp(client: Account, amount: number): Promise<void> {
  await call("POST", "/customer/payment/top-up", { token: client.token, body: { amount } });
}

export async function book(client: Account, what: Offer): Promise<{ id: string; status: string }> {
  return call("POST", `/customer/offer/${what.id}/book`, { token: client.token });
}

/** What has moved in the wallet and what has failed to, newest first. */
export async function transactions(client: Account): Promise<{ type: string; status: string; amount: string }[]> {
  return call("GET", "/customer/payment/transactions", { token: client.token });
}

export async function balance(client: Account): Promise<string> {
  return (await call("GET", "/customer/payment/balance", { token: client.token })).balance;
}

/** The subjects of all mails to this address, decoded. */
async function subjects(email: string): Promise<string[]> {
  const response = await fetch(`${mailhog}/api/v2/search?kind=to&query=${encodeURIComponent(email)}&limit=50`);
  const found = (await response.json()) as { items: { Content: { Headers: { Subject: string[] } } }[] };
  return found.items.map((item) => decoded(item.Content.Headers.Subject[0]));
}

export async function invite(owner: Account, where: Company, email: string): Promise<void> {
  await call("POST", `/company/${where.id}/invitations`, { token: owner.token, body: { email, role: "manager" } });
}

export async function join(person: Account, path: string): Promise<void> {
  await call("POST", "/invitations/accept", { token: person.token, body: { token: path.split("/").pop() } });
}

/** Lets everybody go but the owner. */
export async function dismissAll(owner: Account, where: Company): Promise<void> {
  const members: { user_id: string; role: string }[] = await call("GET", `/company/${where.id}/members`, { token: owner.token });
  for (const { user_id } of members.filter((member) => member.role !== "owner")) {
    await call("DELETE", `/company/${where.id}/members/${user_id}`, { token: owner.token });
  }
}

/** Waits for the invitation to this address, and returns where its link leads, as a path of the portal. */
export async function invitationPath(email: string): Promise<string> {
  const found = async () => {
    const response = await fetch(`${mailhog}/api/v2/search?kind=to&query=${encodeURIComponent(email)}&limit=50`);
    const { items } = (await response.json()) as { items: Part[] };
    return items.map(text).join().match(/\/invitations\/[\w-]{43}/)?.[0];
  };
  await expect.poll(found, { timeout: 15_000, message: `an invitation to ${email}` }).toBeTruthy();
  return (await found()) ?? "";
}

/** A mail, or a part of one, as MailHog shows it. */
type Part = { Headers?: Record<string, string[]>; Content?: Part; Body?: string; MIME?: { Parts?: Part[] } | null };

/** What a mail says, in all its forms, as far as it matters to an address. */
function text(part: Part): string {
  const parts = part.MIME?.Parts;
  if (parts) return parts.map(text).join("\n");
  const { Headers = {}, Body = "" } = part.Content ?? part;
  switch (Headers["Content-Transfer-Encoding"]?.[0]) {
    case "base64":
      return Buffer.from(Body, "base64").toString();
    case "quoted-printable":
      return Body.replaceAll("=\r\n", "").replaceAll("=3D", "=");
    default:
      return Body;
  }
}

/** RFC 2047, as our mails use it. */
function decoded(subject: string): string {
  return subject
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === "b"
        ? Buffer.from(text, "base64").toString()
        : decodeURIComponent(text.replaceAll("_", " ").replaceAll("%", "%25").replaceAll("=", "%")),
    );
}

/** Waits until the inbox of `email` holds a mail with such a subject. */
export async function hasMail(email: string, subject: RegExp): Promise<void> {
  await expect
    .poll(() => subjects(email), { timeout: 15_000, message: `mails to ${email}` })
    .toContainEqual(expect.stringMatching(subject));
}
