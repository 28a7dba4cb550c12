export { BUCKETS, bucketOf, edgesOf, LEAST_MS, MOST_MS } from "./buckets.ts";
export { quantile, quantileOf } from "./quantile.ts";
