import { Module } from '@nestjs/common';
import { InProcessNetwork, RaftoralModule } from '@raftoral/nestjs';
import { AppService } from './app.service';
import { Greet, MailService } from './greet.workflow';

@Module({
  imports: [
    RaftoralModule.forRootAsync({
      useFactory: () => ({ node: { id: 1 }, cluster: { members: [1] }, network: new InProcessNetwork() }),
    }),
  ],
  providers: [AppService, Greet, MailService],
})
export class AppModule {}
