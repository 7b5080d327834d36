/** Of the live document; raised when a page of an earlier form could no longer read it. */
export const liveSchemaVersion = 2;
