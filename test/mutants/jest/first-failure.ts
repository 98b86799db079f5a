/**
 * A reporter for Jest that says nothing but which test failed first, as soon as it has: who planted a fault need not wait for the rest.
 */
export const FIRST_FAILURE = /^first failure: (\S+) › (.*)\n/m;

// eslint-disable-next-line no-restricted-syntax -- Jest takes the default export.
export default class FirstFailure {
  onTestCaseResult(
    { path }: { readonly path: string },
    { status, fullName }: { readonly status: string; readonly fullName: string },
  ): void {
    if (status === 'failed') process.stdout.write(`first failure: ${path} › ${fullName.replaceAll('\n', ' ')}\n`);
  }
}
