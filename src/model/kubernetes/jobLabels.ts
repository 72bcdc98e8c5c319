// How pods of job types are told apart: by policies, by watches, by admission. No template can set them.

export const JOB_LABELS = {
  type: "kubemin.dev/job-type",
  version: "kubemin.dev/job-type-version",
  run: "kubemin.dev/run",
  job: "kubemin.dev/job",
} as const;

/** Accounts of job pods are called so, with the type's name behind; the admission policies let no other account in. */
export const ACCOUNT_PREFIX = "kubemin-job-";
