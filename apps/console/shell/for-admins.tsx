/** Stands where only an admin may look. */
export function ForAdmins({ what }: { readonly what: string }) {
  return <p className="empty">{what} for admins: open the address that npm start printed.</p>;
}
