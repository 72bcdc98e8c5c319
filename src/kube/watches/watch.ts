// Lists and watches one kind without end: resumes at the last resource version, lists again after 410 Gone, and
// connects again after a lost connection. It reports whether its view is current: `stale` from the first failed attempt
// to connect again until the server answers.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes

import { listAt, numberAt, textAt } from "../../model/data/fieldReaders.ts";
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import type { Clock } from "../../ports/clock.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { Log } from "../../ports/log.ts";
import { foreignEntries } from "../objects/fieldManagers.ts";
import type { Connection } from "../reach/connection.ts";
import { collectionPath } from "../reach/discovery.ts";
import type { Resource } from "../reach/discoveryTable.ts";
import { pagesOf } from "../reach/pages.ts";
import { linesOf } from "../reach/splitLines.ts";
import { isStatus, KubernetesError } from "../refusals/apiError.ts";

export interface WatchState {
  /** `unserved`: the API does not serve the kind, so it has no objects. */
  readonly phase: "starting" | "live" | "stale" | "unserved";
  /** Why it is stale. */
  readonly detail: string;
}

export interface WatchOptions {
  readonly connection: Connection;
  readonly resource: Resource;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Whether only the metadata is asked for. Used so that contents of ConfigMaps and Secrets are not kept in memory. */
  readonly metadataOnly?: boolean;
  /** Drops the fields that the caller does not need, object by object, to save memory. */
  readonly strip?: (object: Manifest) => Manifest;
  /**
   * Takes the list page by page, so that it is never in memory as a whole. At the end of the list, onList gets an empty
   * array.
   */
  readonly onPage?: (objects: readonly Manifest[], isFirst: boolean) => void;
  /** Takes the whole list: at the start, and whenever the watch cannot be resumed. */
  readonly onList: (objects: readonly Manifest[]) => void;
  readonly onChange: (type: "put" | "delete", object: Manifest) => void;
  readonly onState: (state: WatchState) => void;
}

/** Seconds after which the server ends the watch, so that a dead connection behind a proxy is not kept for long. */
const LIFETIME = 290;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;

/** Runs until the signal aborts, or until the API answers that it does not serve the kind. Never throws. */
export async function watchForever(options: WatchOptions): Promise<void> {
  let version = "";
  let failures = 0;
  while (!options.signal.aborted) {
    try {
      if (version === "") {
        version = await list(options);
        options.onState({ phase: "live", detail: "" });
      }
      version = await watchOnce(options, version, () => {
        failures = 0;
        options.onState({ phase: "live", detail: "" });
      });
    } catch (cause) {
      if (options.signal.aborted) return;
      if (isStatus(cause, 404)) return;
      if (isStatus(cause, 410)) version = "";
      else {
        failures += 1;
        // A broken watch is connected again immediately. The view counts as stale only when that fails too.
        if (failures > 1 || version === "") options.onState({ phase: "stale", detail: wordsFor(cause) });
        if (failures > 1) await pause(options, failures, cause);
      }
    }
  }
}

async function pause(options: WatchOptions, failures: number, cause: unknown): Promise<void> {
  options.log.write("debug", "watch interrupted", { kind: options.resource.kind, failures, detail: wordsFor(cause) });
  const wait = Math.min(FIRST_PAUSE * 2 ** (failures - 2), LONGEST_PAUSE);
  await options.clock.sleep(wait / 2 + (wait / 2) * Math.random(), options.signal);
}

function wordsFor(cause: unknown): string {
  if (cause instanceof ClusterError) return String(cause.reason.params["detail"] ?? cause.reason.code);
  return cause instanceof Error ? cause.message : String(cause);
}

function accept(options: WatchOptions, list: boolean): { readonly accept?: string } {
  if (options.metadataOnly !== true) return {};
  return { accept: `application/json;as=PartialObjectMetadata${list ? "List" : ""};g=meta.k8s.io;v=v1` };
}

function selectors(options: WatchOptions): Record<string, string> {
  return {
    ...(options.labelSelector === undefined ? {} : { labelSelector: options.labelSelector }),
    ...(options.fieldSelector === undefined ? {} : { fieldSelector: options.fieldSelector }),
  };
}

async function list(options: WatchOptions): Promise<string> {
  const { connection, resource, signal, strip = (object) => object } = options;
  const call = { path: collectionPath(resource, ""), query: selectors(options), signal, ...accept(options, true) };
  const objects: Manifest[] = [];
  let isFirst = true;
  let version = "";
  for await (const body of pagesOf(connection, call)) {
    const page = listAt(body, "items").map((item) => strip(slim(resource, item)));
    if (options.onPage === undefined) objects.push(...page);
    else options.onPage(page, isFirst);
    isFirst = false;
    version = textAt(body, "metadata", "resourceVersion");
  }
  options.onList(objects);
  return version;
}

/**
 * Adds the kind, which items of lists do not have, and keeps of managedFields only the entries of other people and
 * tools: all of them are half of an object's bytes.
 */
function slim(resource: Resource, item: JsonObject): Manifest {
  const metadata = isObject(item["metadata"]) ? { ...item["metadata"] } : {};
  delete (metadata as Record<string, unknown>)["managedFields"]; // a fresh copy, so that deleting is safe
  const foreign = foreignEntries(item);
  if (foreign.length > 0) (metadata as Record<string, unknown>)["managedFields"] = foreign; // the same fresh copy
  return { ...item, apiVersion: resource.apiVersion, kind: resource.kind, metadata } as Manifest; // every stored object has a name
}

/**
 * Returns the resource version at which the next watch resumes, when the server ended this one normally or it broke
 * after a change.
 */
async function watchOnce(options: WatchOptions, from: string, onOpen: () => void): Promise<string> {
  const { connection, resource, signal } = options;
  const query = {
    ...selectors(options),
    watch: 1,
    allowWatchBookmarks: true,
    resourceVersion: from,
    timeoutSeconds: LIFETIME,
  };
  const stream = await connection.stream({
    path: collectionPath(resource, ""),
    query,
    signal,
    ...accept(options, false),
  });
  onOpen();
  let version = from;
  try {
    for await (const line of linesOf(stream)) {
      if (line.trim() === "") continue;
      const event: unknown = JSON.parse(line);
      version = take(options, event) || version;
    }
  } catch (cause) {
    // Changes that arrived before the connection broke were delivered, so the next watch resumes after them.
    if (cause instanceof KubernetesError) throw cause;
    if (version !== from) return version;
    throw cause;
  }
  return version;
}

function take(options: WatchOptions, event: unknown): string {
  const type = textAt(event, "type");
  const object = dig(event, "object");
  if (!isObject(object)) return "";
  if (type === "ERROR") throw new KubernetesError(numberAt(object, "code"), object, undefined);
  if (type !== "BOOKMARK") options.onChange(type === "DELETED" ? "delete" : "put", slim(options.resource, object));
  return textAt(object, "metadata", "resourceVersion");
}
