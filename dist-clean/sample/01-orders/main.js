/** `npm start`: three nodes on ports 3001–3003 that keep their orders in ./data, and what to try. */
import { DEFAULT_PORTS, OrderCluster, PortTakenError } from './cluster.js';
const DATA_PATH = 'data';
function whatToTry([first, second, third]) {
    return `
Three nodes are up: ${first}  ${second}  ${third}

Try, in another terminal:

  # an order, given to the first node
  curl -s -X POST ${first}/orders -H 'content-type: application/json' \\
       -d '{"orderId":"a-1","itemId":"hammer","quantity":2}'

  # how it stands, asked of the second
  curl -s ${second}/orders/a-1

  # everything that happened to it, streamed by the third
  curl -sN ${third}/orders/a-1/events

  # is a node alive, and ready for work?
  curl -s ${first}/health

  # an order that rests for a minute first: press Ctrl-C meanwhile, start again, and it goes on
  curl -s -X POST ${first}/orders -H 'content-type: application/json' \\
       -d '{"orderId":"a-2","itemId":"hammer","quantity":2,"restSeconds":60}'

  # a thousand orders, and a node that dies halfway
  npm run sample:orders

The orders are kept in ./${DATA_PATH}. Ctrl-C ends all three nodes; npm start brings them back, with every order.
`;
}
async function main() {
    const cluster = await OrderCluster.boot(DEFAULT_PORTS, DATA_PATH);
    console.log(whatToTry(cluster.nodes.map((node) => node.url)));
    const stop = () => void cluster.close().then(() => process.exit(0));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
}
main().catch((error) => {
    if (error instanceof PortTakenError)
        console.error(`\nCan not start: ${error.message}.\nStop it, then try again.\n`);
    else
        console.error(error);
    process.exitCode = 1;
});
//# sourceMappingURL=main.js.map