// The implementation of every route. A route without one is a type error.

import type { Implementations } from "../shared/contract.ts";
import { applications } from "./applications.ts";
import { backup } from "./backup.ts";
import { callback } from "./callback.ts";
import { capacity } from "./capacity.ts";
import { catalog } from "./catalog.ts";
import { clusterSecurity } from "./clusterSecurity.ts";
import { clusters } from "./clusters.ts";
import { events } from "./events.ts";
import { jobTypes } from "./jobTypes.ts";
import { logs } from "./logs.ts";
import { meta } from "./meta.ts";
import { revisions } from "./revisions.ts";
import { runs } from "./runs.ts";
import { schedules } from "./schedules.ts";
import { sinks } from "./sinks.ts";
import { tokens } from "./tokens.ts";

export const implementations: Implementations = {
  ...applications,
  ...backup,
  ...callback,
  ...capacity,
  ...catalog,
  ...clusters,
  ...clusterSecurity,
  ...events,
  ...jobTypes,
  ...logs,
  ...meta,
  ...revisions,
  ...runs,
  ...schedules,
  ...sinks,
  ...tokens,
};
