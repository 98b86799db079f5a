import { expect, it } from '@jest/globals';
import { AddressBook } from './address-book.js';
it('the newest incarnation wins, then what the node itself said, then what was known (A1)', () => {
    const book = new AddressBook(10);
    const learn = (address, incarnation, isFirstHand) => book.learn({ nodeId: 2, address, incarnation }, isFirstHand);
    expect([learn('a:1', 3, false), book.get(2).address]).toEqual([true, 'a:1']);
    expect([learn('old:1', 2, true), book.get(2).address]).toEqual([false, 'a:1']);
    expect([learn('b:1', 3, false), book.get(2).address]).toEqual([false, 'a:1']);
    expect([learn('c:1', 3, true), book.get(2).address]).toEqual([true, 'c:1']);
    expect([learn('b:1', 3, false), book.get(2).address]).toEqual([false, 'c:1']);
    expect([learn('d:1', 3, true), book.get(2).address]).toEqual([true, 'd:1']);
    expect([learn('e:1', 4, false), book.get(2).address, book.incarnationOf(2), book.incarnationOf(9)]).toEqual([true, 'e:1', 4, 0]);
    expect([learn('e:1', 4, true), learn('', 9, true), book.learn({ nodeId: 0, address: 'x:1', incarnation: 1 }, true)]).toEqual([
        false,
        false,
        false,
    ]);
});
it('there is room for so many nodes; who came itself is taken nevertheless (A2)', () => {
    const book = new AddressBook(2);
    for (const nodeId of [3, 1, 2])
        book.learn({ nodeId, address: `n${nodeId}:1`, incarnation: 1 }, false);
    expect(book.list().map(({ nodeId }) => nodeId)).toEqual([1, 3]);
    book.learn({ nodeId: 2, address: 'n2:1', incarnation: 1 }, true);
    expect(book.list().map(({ nodeId }) => nodeId)).toEqual([1, 2, 3]);
});
//# sourceMappingURL=address-book.spec.js.map