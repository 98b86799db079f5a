import { Injectable } from '@nestjs/common';
import { RaftoralError, WorkflowClient, isRaftoralError } from '@raftoral/nestjs';
import { Greet } from './greet.workflow';

@Injectable()
export class AppService {
  constructor(private readonly workflows: WorkflowClient) {}

  /** A workflow from start to result, through the types that the class gives. */
  async greet(name: string): Promise<{ greeting: string; mail: string }> {
    return this.workflows.execute(Greet, { name });
  }

  /** What of this package's errors the host can see and recognise. */
  async refusal(): Promise<{ code: string; httpStatus: number; ours: boolean }> {
    try {
      await this.workflows.getHandle(Greet, 'nobody').describe();
    } catch (error) {
      if (!isRaftoralError(error)) throw error;
      return { code: error.code, httpStatus: error.httpStatus, ours: error instanceof RaftoralError };
    }
    throw new Error('an unknown id was described');
  }
}
