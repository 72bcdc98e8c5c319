// Runs all benchmarks, one after the other. Each prints its table.
import { benchChain } from "./chain.ts";
import { benchPlanning } from "./planning.ts";
import { benchServer } from "./server.ts";
import { benchCluster } from "./support/cluster.ts";
import { benchUnchanged } from "./unchanged.ts";
import { benchWebservice } from "./webservice.ts";

benchPlanning();
await benchServer();
const cluster = await benchCluster();
await benchWebservice(cluster);
await benchChain(cluster);
await benchUnchanged(cluster);
