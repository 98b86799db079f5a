import { Injectable } from '@nestjs/common';
import { Checkpoint, CheckpointCompute, Workflow, WorkflowQuery, idempotencyKey } from '@raftoral/nestjs';

export interface GreetInput {
  readonly name: string;
}

@Injectable()
export class MailService {
  readonly sent = new Map<string, string>();

  async send(name: string, key: string): Promise<string> {
    this.sent.set(key, name);
    return `mailed ${name}`;
  }
}

@Workflow('greet', 1)
export class Greet {
  private status = 'new';

  constructor(private readonly mail: MailService) {}

  async run(input: GreetInput): Promise<{ greeting: string; mail: string }> {
    this.status = await this.record('greeting');
    const mail = await this.deliver(input.name);
    this.status = await this.record('done');
    return { greeting: `Hello, ${input.name}`, mail };
  }

  @Checkpoint('status')
  async record(status: string): Promise<string> {
    return status;
  }

  @CheckpointCompute('deliver')
  async deliver(name: string): Promise<string> {
    return this.mail.send(name, idempotencyKey());
  }

  @WorkflowQuery()
  currentStatus(): string {
    return this.status;
  }
}
