// All commands, in the order of help: the daily path first, administration last.
import type { Command } from "./command.ts";
import { approveCommand } from "./commands/approve.ts";
import { backupCommand } from "./commands/backup.ts";
import { cancelCommand } from "./commands/cancel.ts";
import { capacityCommand } from "./commands/capacity.ts";
import { clusterCommand } from "./commands/cluster.ts";
import { completeCommand } from "./commands/complete.ts";
import { completionCommand } from "./commands/completion.ts";
import { deleteCommand } from "./commands/delete.ts";
import { deployCommand } from "./commands/deploy.ts";
import { diffCommand } from "./commands/diff.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { explainCommand } from "./commands/explain.ts";
import { importCommand } from "./commands/import.ts";
import { initCommand } from "./commands/init.ts";
import { logsCommand } from "./commands/logs.ts";
import { pauseCommand } from "./commands/pause.ts";
import { planCommand } from "./commands/plan.ts";
import { pluginCommand } from "./commands/plugin.ts";
import { restoreCommand } from "./commands/restore.ts";
import { resumeCommand } from "./commands/resume.ts";
import { retryCommand } from "./commands/retry.ts";
import { rollbackCommand } from "./commands/rollback.ts";
import { runCommand } from "./commands/run.ts";
import { runsCommand } from "./commands/runs.ts";
import { scheduleCommand } from "./commands/schedule.ts";
import { serveCommand } from "./commands/serve.ts";
import { sinksCommand } from "./commands/sinks.ts";
import { statusCommand } from "./commands/status.ts";
import { tokenCommand } from "./commands/token.ts";
import { typeCommand } from "./commands/type.ts";
import { validateCommand } from "./commands/validate.ts";
import { versionCommand } from "./commands/version.ts";
import { versionsCommand } from "./commands/versions.ts";
import { watchCommand } from "./commands/watch.ts";
import { whyCommand } from "./commands/why.ts";

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
  tokenCommand,
  backupCommand,
  restoreCommand,
  sinksCommand,
  pluginCommand,
  completionCommand,
  versionCommand,
  completeCommand,
];
