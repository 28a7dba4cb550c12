import { WalletService } from "@orrery/schema/payment/v1";
import { serve } from "@orrery/service";
import { captureCall, freezeCall, getHold, holdCall, releaseCall } from "./holds.ts";
import {
  audit,
  exportLedger,
  getBalances,
  getSupply,
  getTransaction,
  listCurrencies,
  listTransactions,
} from "./statements.ts";
import { adjust, reverseCall, transfer } from "./transfers.ts";

export const wallet = serve(WalletService, {
  getBalances,
  listTransactions,
  getTransaction,
  transfer,
  hold: holdCall,
  capture: captureCall,
  release: releaseCall,
  getHold,
  reverse: reverseCall,
  adjust,
  freeze: freezeCall,
  audit,
  getSupply,
  exportLedger,
  listCurrencies,
});
