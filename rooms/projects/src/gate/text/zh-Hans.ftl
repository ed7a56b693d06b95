gates-heading = 阶段关口
gate-into = 进入阶段
gate-all-of = 须全部具备
gate-one-of = 须具备其一
