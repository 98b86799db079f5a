import { Module } from '@nestjs/common';
import { InProcessNetwork, RaftoralModule, type RaftoralModuleOptions } from '@raftoral/nestjs';
import { AppService } from './app.service';
import { Greet, MailService } from './greet.workflow';

export const CLIENT_SECRET = 'the secret of the clients of this host';

/** GRPC_LISTEN, `host:port`: the node is reached there; else it has a network of this process only. */
function network(): Pick<RaftoralModuleOptions, 'transport' | 'security' | 'network'> {
  const listen = process.env.GRPC_LISTEN;
  if (listen === undefined) return { network: new InProcessNetwork() };
  const security = { peerSecret: 'the secret of the peers of this host', clientSecret: CLIENT_SECRET };
  return { transport: { type: 'grpc', listen }, security };
}

@Module({
  imports: [
    RaftoralModule.forRootAsync({
      useFactory: () => ({ node: { id: 1 }, cluster: { members: [1] }, ...network() }),
    }),
  ],
  providers: [AppService, Greet, MailService],
})
export class AppModule {}
