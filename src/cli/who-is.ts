/*
 * Who does it, for the record. Until there is a sign-in, people say who they are.
 */
export interface ByOption {
  readonly by?: string;
}

/** Whoever runs the command, where it does not say. */
export async function whoIs({ by }: ByOption): Promise<string> {
  if (by !== undefined) return by;
  const { userInfo } = await import('node:os');
  try {
    return userInfo().username;
  } catch {
    // In a container a user may have a number and no name.
    return `user ${process.getuid?.() ?? ''}`.trim();
  }
}
