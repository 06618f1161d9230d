// Base64 as the values of Secrets are written in it. A file of its own, so that Node's type Buffer is not among the library's types.

/** Standard base64, line breaks allowed, as Go's encoding/base64 reads it; null for anything else. */
export function decodeBase64(encoded: string): Buffer | null {
  const quick = Buffer.from(encoded, 'base64');
  if (quick.toString('base64') === encoded) return quick;
  const compact = encoded.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)) return null;
  return Buffer.from(compact, 'base64');
}
