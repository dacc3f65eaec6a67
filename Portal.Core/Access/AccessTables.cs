using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

internal static class AccessTables
{
    public static void Configure(ModelBuilder model)
    {
        User.Configure(model);
        Session.Configure(model);
        Member.Configure(model);
        RoleBinding.Configure(model);
        Roles.CustomRole.Configure(model);
        Rules.AccessRule.Configure(model);
        Explain.AccessPast.Configure(model);
        Reviews.AccessReview.Configure(model);
        Reviews.AccessReviewItem.Configure(model);
        Invitation.Configure(model);
        ApiToken.Configure(model);
        ApiTokenUse.Configure(model);
        SetupLink.Configure(model);
        PasswordReset.Configure(model);
        ServiceAccounts.ServiceAccount.Configure(model);
        Policies.SessionPolicy.Configure(model);
        Factors.TotpFactor.Configure(model);
        Factors.RecoveryCode.Configure(model);
        Factors.Passkey.Configure(model);
        Factors.PendingSignIn.Configure(model);
        StoredDataProtectionKey.Configure(model);
        IdempotencyRecord.Configure(model);
        Sso.SsoReplay.Configure(model);
        Sso.SsoTables.Configure(model);
        Scim.ScimTables.Configure(model);
    }
}
