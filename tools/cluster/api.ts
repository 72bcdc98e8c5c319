// The few requests that `up` itself sends to the API server. They do not use kubectl, because its start takes 100 ms.
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { type Agent, request as httpsRequest } from "node:https";
import { authority, certificateOf } from "./certificates.ts";
import type { State } from "./state.ts";

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Question {
  readonly method?: string;
  readonly body?: string;
  readonly type?: string;
  /** Connections to reuse for many requests. Default: a new connection per request. */
  readonly connections?: Agent;
  /** Seconds to wait for the answer. Default: 10. */
  readonly seconds?: number;
}

export interface Identity {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rejectUnauthorized?: boolean;
}

export function askApi(state: State, path: string, question: Question = {}): Promise<Answer> {
  const { certificate, key } = certificateOf(state.name, "setup");
  const identity = {
    ca: readFileSync(authority(state.name).certificate),
    cert: readFileSync(certificate),
    key: readFileSync(key),
  };
  return ask(`https://127.0.0.1:${state.ports.api}${path}`, question, identity);
}

/** Creates or updates one object by server-side apply; the body may be YAML or JSON. */
export async function applyObject(state: State, path: string, body: string): Promise<void> {
  const query = "fieldManager=kubemin-cluster&force=true";
  const answer = await askApi(state, `${path}?${query}`, {
    method: "PATCH",
    body,
    type: "application/apply-patch+yaml",
    // The largest kinds of Kueue have a megabyte of schema, which takes a busy API server a while.
    seconds: 60,
  });
  if (answer.status >= 300) throw new Error(`The API server refused ${path}: ${answer.text}`);
}

export async function readObject<Shape>(state: State, path: string): Promise<Shape> {
  const answer = await askApi(state, path);
  if (answer.status !== 200) throw new Error(`The API server answered ${answer.status} to ${path}.`);
  // The caller names the part of the object that it reads; the schema of the API server guarantees this part.
  return JSON.parse(answer.text) as Shape;
}

export function ask(url: string, question: Question = {}, identity: Identity = {}): Promise<Answer> {
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  const { seconds = 10 } = question;
  const headers = { ...(question.type && { "content-type": question.type }), "user-agent": "kubemin-cluster" };
  return new Promise((resolve, reject) => {
    const outgoing = send(
      url,
      {
        method: question.method ?? "GET",
        headers,
        agent: question.connections ?? false,
        timeout: seconds * 1000,
        ...identity,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`No answer from ${url} within ${seconds} s.`)));
    outgoing.on("error", reject);
    outgoing.end(question.body);
  });
}
