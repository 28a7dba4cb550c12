export { getOne as get } from "../read/get-one.ts";
