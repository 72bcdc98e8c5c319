// Labels that mark the pods of job types for network policies, watches and admission policies. No template can set
// them.

export const JOB_LABELS = {
  type: "kubemin.dev/job-type",
  version: "kubemin.dev/job-type-version",
  run: "kubemin.dev/run",
  job: "kubemin.dev/job",
} as const;

/**
 * Names of the service accounts of job pods are this prefix and the name of the type. Admission policies allow no other
 * account.
 */
export const ACCOUNT_PREFIX = "kubemin-job-";
