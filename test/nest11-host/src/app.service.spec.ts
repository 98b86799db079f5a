import { Test, type TestingModule } from '@nestjs/testing';
import { WorkflowClient } from '@raftoral/nestjs';
import { AppModule } from './app.module';
import { AppService } from './app.service';
import { Greet, MailService } from './greet.workflow';

describe('a CommonJS host on Nest 11', () => {
  let app: TestingModule;

  beforeAll(async () => {
    app = await Test.createTestingModule({ imports: [AppModule] }).compile();
    await app.init();
  });

  afterAll(() => app.close());

  it('runs a workflow with injected services, its side effect once', async () => {
    await expect(app.get(AppService).greet('Ada')).resolves.toEqual({ greeting: 'Hello, Ada', mail: 'mailed Ada' });
    expect([...app.get(MailService).sent.values()]).toEqual(['Ada']);
  });

  it('starts the same id once', async () => {
    const client = app.get(WorkflowClient);
    const first = await client.start(Greet, { name: 'Grace' }, { workflowId: 'grace' });
    await first.result();
    await expect(client.start(Greet, { name: 'Grace' }, { workflowId: 'grace' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  });

  it('shares one copy of the package with its own modules', async () => {
    await expect(app.get(AppService).refusal()).resolves.toEqual({ code: 'WORKFLOW_NOT_FOUND', httpStatus: 404, ours: true });
  });
});
