/** What a runner is given. */
export interface Job {
  readonly jobRef: string;
  readonly upgradeId: string;
  readonly subjectId: string;
  /** Empty: not known. */
  readonly from: string;
  readonly to: string;
  readonly attempt: number;
  readonly suites: readonly string[];
  /** Goes with each of its reports. */
  readonly token: string;
}

/** Carries jobs out: it builds, tests and lets clients in, and reports each step. */
export interface Runner {
  /** Takes a job, once however often it is told. @throws ENGINE_RUNNER_REJECTED */
  start(job: Job): Promise<void>;
  /** Whether it knows a job. @throws where it cannot be asked: that is no answer */
  knows(jobRef: string): Promise<boolean>;
  /** Lets the old version serve again, and reports when it does; may be told again. @throws ENGINE_RUNNER_REJECTED */
  rollBack(job: Job): Promise<void>;
  /** Nobody waits for it any more. */
  end(jobRef: string): Promise<void>;
  /** What it runs in this process ends: another process leads, or none does. */
  endAll(): Promise<void>;
}
