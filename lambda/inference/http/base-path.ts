/**
 * What a request asks for below the path of the endpoint. Without that path it is answered as well: health checks of a
 * load balancer, and callers on the instance, have none.
 *
 * @param base e.g. `/titanic`
 */
export function belowBase(url: string, base: string): string {
  if (!url.startsWith(base)) return url;
  const rest = url.slice(base.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
