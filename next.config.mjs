/**
 * Plain JavaScript, since the server reads it at its start: nothing has to be compiled there. Security headers and the CSP's nonce come from
 * `server/http/front.ts`, which stands in front of Next.
 *
 * @type {import("next").NextConfig}
 */
const config = {
  poweredByHeader: false,
  compress: true,
  reactStrictMode: true,
  devIndicators: false,
  // What is checked once by `npm test` need not be checked again while people wait for `npm run up`.
  typescript: { ignoreBuildErrors: true },
  // null: one by lot. Asked for at builds only.
  generateBuildId: () => process.env.AIDEATOR_BUILD_ID ?? null,
  serverExternalPackages: ["better-sqlite3", "@prisma/client", "@prisma/adapter-better-sqlite3", "pino"],
};

export default config;
