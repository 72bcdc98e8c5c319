// Requests and limits of the containers of a job: nobody runs without them, for one pod without a limit is everybody's problem.

/** Resource name -> Kubernetes quantity. */
export type Quantities = Readonly<Record<string, string>>;
