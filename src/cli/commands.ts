// All commands, in the order in which help lists them: the daily ones first, administration last.

import { deleteCommand } from "./commands/applications/delete.ts";
import { deployCommand } from "./commands/applications/deploy.ts";
import { diffCommand } from "./commands/applications/diff.ts";
import { explainCommand } from "./commands/applications/explain.ts";
import { importCommand } from "./commands/applications/import.ts";
import { initCommand } from "./commands/applications/init.ts";
import { logsCommand } from "./commands/applications/logs.ts";
import { planCommand } from "./commands/applications/plan.ts";
import { rollbackCommand } from "./commands/applications/rollback.ts";
import { statusCommand } from "./commands/applications/status.ts";
import { validateCommand } from "./commands/applications/validate.ts";
import { versionsCommand } from "./commands/applications/versions.ts";
import { whyCommand } from "./commands/applications/why.ts";
import { completeCommand } from "./commands/complete.ts";
import { completionCommand } from "./commands/completion.ts";
import { approveCommand } from "./commands/runs/approve.ts";
import { cancelCommand } from "./commands/runs/cancel.ts";
import { pauseCommand } from "./commands/runs/pause.ts";
import { resumeCommand } from "./commands/runs/resume.ts";
import { retryCommand } from "./commands/runs/retry.ts";
import { runCommand } from "./commands/runs/run.ts";
import { runsCommand } from "./commands/runs/runs.ts";
import { scheduleCommand } from "./commands/runs/schedule.ts";
import { watchCommand } from "./commands/runs/watch.ts";
import { backupCommand } from "./commands/server/backup.ts";
import { capacityCommand } from "./commands/server/capacity.ts";
import { clusterCommand } from "./commands/server/cluster.ts";
import { doctorCommand } from "./commands/server/doctor.ts";
import { pluginCommand } from "./commands/server/plugin.ts";
import { restoreCommand } from "./commands/server/restore.ts";
import { serveCommand } from "./commands/server/serve.ts";
import { sharesCommand } from "./commands/server/shares.ts";
import { sinksCommand } from "./commands/server/sinks.ts";
import { tokenCommand } from "./commands/server/token.ts";
import { typeCommand } from "./commands/server/type.ts";
import { versionCommand } from "./commands/server/version.ts";
import type { Command } from "./grammar/command.ts";

export const COMMANDS: readonly Command[] = [
  serveCommand,
  initCommand,
  importCommand,
  validateCommand,
  planCommand,
  deployCommand,
  runCommand,
  scheduleCommand,
  typeCommand,
  statusCommand,
  watchCommand,
  logsCommand,
  runsCommand,
  retryCommand,
  approveCommand,
  pauseCommand,
  resumeCommand,
  cancelCommand,
  versionsCommand,
  diffCommand,
  rollbackCommand,
  deleteCommand,
  explainCommand,
  whyCommand,
  doctorCommand,
  clusterCommand,
  capacityCommand,
  sharesCommand,
  tokenCommand,
  backupCommand,
  restoreCommand,
  sinksCommand,
  pluginCommand,
  completionCommand,
  versionCommand,
  completeCommand,
];
