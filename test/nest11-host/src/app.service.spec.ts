import { Test } from '@nestjs/testing';
import { AppModule } from './app.module';
import { AppService } from './app.service';

describe('a CommonJS host on Nest 11', () => {
  it('shares one copy of the package with its own modules', async () => {
    const app = await Test.createTestingModule({ imports: [AppModule] }).compile();
    expect(app.get(AppService).refuse()).toEqual({ code: 'UNKNOWN_WORKFLOW', httpStatus: 404, ours: true });
    await app.close();
  });
});
