"""Templates for what TypeScript's compiler says, where its language service offers nothing."""
